// The real users_huge.csv, whose outcome the contract states, as CSV and as NDJSON.
import { readFile } from 'node:fs/promises'
import { parse } from 'csv-parse/sync'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { briefly, importFile, realData, rowsOf, usersHuge } from '../../support.ts'

describe.skipIf(realData === undefined)(
  'users_huge.csv (skipped where LADING_REAL_DATA names no folder)',
  () => {
    let database: TestDatabase
    beforeEach(async () => {
      database = await createReferenceDatabase()
    })
    afterEach(() => database.drop())

    const stated = {
      processed: 10_000,
      successful: 9_667,
      inserted: 9_667,
      updated: 0,
      ignored: 0,
      failed: 333,
      errorsByCode: { INVALID_EMAIL: 201, INVALID_ROLE: 167, DUPLICATE_EMAIL: 33 },
      warnings: [],
    }

    test('gives the stated counts as CSV, and the table holds as many rows', async () => {
      const { report, errors } = await importFile(database.pool, 'users', 'csv', usersHuge)
      expect(report).toMatchObject(stated)
      expect(new Set(errors.map(error => error.rowNumber)).size).toBe(333)
      expect(await rowsOf(database.pool, 'users')).toHaveLength(9_667)
    })

    test('gives the same errors and the same rows as NDJSON, empty cells left out', async () => {
      const csv = await importFile(database.pool, 'users', 'csv', usersHuge)
      const rows = withoutMadeUp(await rowsOf(database.pool, 'users', 'email'))
      await database.pool.query('truncate users cascade')

      const records = parse(await readFile(usersHuge), { columns: true }) as Record<string, string>[]
      const lines = records.map(record =>
        JSON.stringify(Object.fromEntries(Object.entries(record).filter(([, value]) => value !== ''))),
      )
      const ndjson = await importFile(database.pool, 'users', 'ndjson', Buffer.from(lines.join('\n')))

      expect(ndjson.report).toMatchObject(stated)
      // The header is line 1 of the CSV file.
      const shifted = ndjson.errors.map(error => ({ ...error, rowNumber: error.rowNumber + 1 }))
      expect(briefly(shifted)).toEqual(briefly(csv.errors))
      expect(withoutMadeUp(await rowsOf(database.pool, 'users', 'email'))).toEqual(rows)
    })

    test('gives the same report whatever the batch size', async () => {
      const reference = await importFile(database.pool, 'users', 'csv', usersHuge)
      for (const batchRows of [13, 1_000, 10_000]) {
        await database.pool.query('truncate users cascade')
        const other = await importFile(database.pool, 'users', 'csv', usersHuge, { batchRows })
        expect(other.report).toMatchObject(stated)
        expect(briefly(other.errors)).toEqual(briefly(reference.errors))
      }
    })
  },
)

/** Rows without the ids, which are made up where the file has none. */
function withoutMadeUp(rows: readonly string[]): readonly string[] {
  return rows.map(row => row.replace(/^\([^,]*,/, ''))
}
