// The target table of the imports: recreated by the migration of the reference server, with a checksum of its rows.
import { readFile } from 'node:fs/promises'

const migration = new URL('../migrations/reference/001_initial_schema.sql', import.meta.url)

/** Both sides start from the same table, and pay for no write of the previous run. */
export async function freshTable(client) {
  await client.query('drop table if exists comments, articles, users')
  await client.query(await readFile(migration, 'utf8'))
  await checkpoint(client)
}

/** After an import a table has no statistics and no hint bits; the first export would pay for them. */
export async function settledTable(client) {
  await client.query('vacuum analyze users')
  await checkpoint(client)
}

/** The number of rows, and a checksum that depends on every value but not on the order. */
export async function contents(client) {
  const { rows } = await client.query(
    'select count(*)::int rows, sum(hashtextextended(t::text, 0))::text checksum from users t',
  )
  return rows[0]
}

async function checkpoint(client) {
  try {
    await client.query('checkpoint')
  } catch (error) {
    // insufficient_privilege: the server may not grant it. The runs are then less even, but still fair.
    if (error.code !== '42501') throw error
  }
}
