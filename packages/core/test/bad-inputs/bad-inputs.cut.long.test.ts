// The committed bad inputs in single bytes: the same table, report and errors as whole, whose values are written by hand.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { bytesOf, casesOf, runInput, tables } from './bad-inputs-fixture.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(tables)
})
afterAll(() => database.drop())

describe.each(['csv', 'values', 'ndjson', 'json'])('bad inputs in single bytes, %s', part => {
  test.each(casesOf(part))('$id: $what', async input => {
    const run = { format: part === 'values' ? 'csv' : part, ...input }
    const file = bytesOf(part, input)
    const whole = await runInput(database.pool, run, file)
    const singleBytes = Array.from(file, (_, index) => file.subarray(index, index + 1))
    const cut = await runInput(database.pool, run, singleBytes)
    expect(JSON.stringify(cut)).toBe(JSON.stringify(whole))
  })
})
