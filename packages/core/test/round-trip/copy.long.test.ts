// Every column type, both ways between PostgreSQL's own COPY and Lading: what the one writes, the other reads. Property test.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { findPsql, psqlCopier } from '../copy/psql.ts'
import { availableTypes, createTables, fill, inThenOut, outThenIn, serverCopier } from '../copy/round-trip.ts'
import { type ColumnType, columnTypes, fieldWords } from '../copy/types.ts'

const seed = Number(process.env.LADING_SEED ?? Math.trunc(Math.random() * 2 ** 31))
const again = `Run it again with LADING_SEED=${seed}.`
/** `npm run test:copy` sets the number of rows of each type, and for psql. */
const rows = Number(process.env.LADING_COPY_ROWS ?? 0)

let database: TestDatabase
let types: readonly ColumnType[]
beforeAll(async () => {
  database = await createDatabase()
  types = await availableTypes(database.pool, columnTypes)
})
afterAll(() => database.drop())

test('random rows of every type come back from COPY, and can be copied to it', async () => {
  const { pool } = database
  const fixture = await createTables(pool, types)
  await fill(pool, fixture, 150, seed)
  expect(await outThenIn(pool, serverCopier(pool), fixture), again).toEqual([])
  expect(await inThenOut(pool, serverCopier(pool), fixture), again).toEqual([])
})

if (rows > 0) describe(`${rows} rows through psql`, throughPsql)

function throughPsql(): void {
  let psql: string
  const lines: string[] = []
  const note = (...cells: readonly string[]) =>
    lines.push(cells.map((cell, index) => cell.padEnd([24, 26, 8, 18][index] ?? 0)).join(''))
  beforeAll(() => {
    psql = findPsql()
    note('type', 'field', 'rows', '\\copy → Lading', 'Lading → \\copy')
  })
  afterAll(() => {
    process.stdout.write(`\n${lines.join('\n')}\nLADING_SEED=${seed}, ${psql}\n`)
  })

  test.each(columnTypes.map(one => [one.type, fieldWords(one.field), one] as const))(
    '%s as %s',
    async (type, words, one) => {
      if (!types.includes(one)) {
        note(type, words, '0', `the server has no ${one.extension}`)
        return
      }
      const { pool, url } = database
      const copier = psqlCopier(psql, url)
      const fixture = await createTables(pool, [one])
      await fill(pool, fixture, rows, seed)
      const found = [await outThenIn(pool, copier, fixture), await inThenOut(pool, copier, fixture)]
      note(
        type,
        words,
        String(rows),
        ...found.map(({ length }) => (length === 0 ? 'equal' : `${length} differ`)),
      )
      expect(found, again).toEqual([[], []])
    },
  )
}
