// The committed bad inputs: the table, the report and every error as written by hand.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { briefly, bytesOf, casesOf, runInput, tables } from './bad-inputs-fixture.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(tables)
})

const parts = ['csv', 'values', 'ndjson', 'json'] as const
const cases = parts.map(part => ({ part, inputs: casesOf(part) }))

afterAll(async () => {
  const counts = cases.map(({ part, inputs }) => `${inputs.length} ${part}`).join(', ')
  process.stdout.write(`bad inputs: ${counts}, each whole\n`)
  await database.drop()
})

describe.each(cases)('bad inputs, $part', ({ part, inputs }) => {
  test.each(inputs)('$id: $what', async input => {
    const run = { format: part === 'values' ? 'csv' : part, ...input }
    const file = bytesOf(part, input)
    const whole = await runInput(database.pool, run, file)

    expect(whole.fault?.code).toBe(input.fault?.code)
    for (const said of input.fault?.says ?? []) expect(whole.fault?.message).toContain(said)
    expect(whole.errors.map(briefly)).toEqual(input.errors)
    expect(whole.rows).toEqual(input.rows)
    const failed = new Set(input.errors.map(error => error.split(' ')[0])).size
    const counts = input.counts ?? { inserted: input.rows.length, updated: 0, ignored: 0 }
    const successful = counts.inserted + counts.updated + counts.ignored
    expect(whole.report).toMatchObject({ ...counts, successful, failed, processed: successful + failed })
    const [first, ...others] = whole.report?.warnings ?? []
    const isNothing = failed > 0 && counts.inserted + counts.updated === 0
    expect(first?.code === 'NOTHING_IMPORTED').toBe(isNothing)
    const warnings = isNothing || first === undefined ? others : [first, ...others]
    expect(warnings.map(({ detail }) => detail)).toEqual(input.warnings ?? [])
  })
})

test('no key of a file reaches the prototype of objects', () => {
  expect(({} as { isAdmin?: unknown }).isAdmin).toBeUndefined()
})
