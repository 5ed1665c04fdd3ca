// Compares a table of two databases row by row, with every column, nulls and timestamps included.
import pg from 'pg'

/** Returns the number of equal rows. @throws Error with the first row that differs */
export async function compareTables(one: string, other: string, table: string): Promise<number> {
  const [expected, found] = await Promise.all([rowsOf(one, table), rowsOf(other, table)])
  for (let index = 0; index < Math.max(expected.length, found.length); index++) {
    if (expected[index] !== found[index]) {
      throw new Error(`Row ${index + 1} of ${table} differs:\n  ${expected[index]}\n  ${found[index]}`)
    }
  }
  return expected.length
}

async function rowsOf(url: string, table: string): Promise<readonly string[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query("set timezone = 'UTC'")
    const { rows } = await client.query(`select t::text as row from ${table} t order by id`)
    return rows.map(({ row }) => row)
  } finally {
    await client.end()
  }
}
