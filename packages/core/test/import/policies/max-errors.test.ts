// maxErrors: the import stops after the last allowed rejected record, whatever the batches are.
import { describe, expect, test } from 'vitest'
import { counts, mixed, peopleFixture } from '../../fixtures/people-fixture.ts'
import { rowsOf } from '../../support.ts'

const harness = peopleFixture()

describe.each([1, 3, 1_000])('in batches of %i', batchRows => {
  test('maxErrors stops after the last allowed rejected record, and counts the rest', async () => {
    const result = await harness.run(mixed, batchRows, { maxErrors: 3 })
    expect(result.code).toBe('TOO_MANY_ERRORS')
    expect(result.errors).toEqual([
      '2 email DUPLICATE_EMAIL',
      '3 email DUPLICATE_EMAIL',
      '4 name CONSTRAINT_VIOLATION',
    ])
    expect(counts(result.report)).toEqual({
      processed: 4,
      successful: 1,
      failed: 3,
      inserted: 1,
      updated: 0,
      ignored: 0,
      unprocessed: 7,
    })
    expect(result.table).toHaveLength(3)
  })

  test('maxErrors reached by the last record of the file stops nothing early', async () => {
    const result = await harness.run(mixed, batchRows, { maxErrors: 7 })
    expect(result.code).toBeUndefined()
    expect(counts(result.report)).toMatchObject({ processed: 11, failed: 7, unprocessed: 0 })
  })

  test('maxErrors stops an atomic import and a dry run at the same record', async () => {
    for (const options of [{ atomic: true }, { dryRun: true }]) {
      const before = await rowsOf(harness.database.pool, 'people')
      const result = await harness.run(mixed, batchRows, { ...options, maxErrors: 3 })
      expect(result.code).toBe('TOO_MANY_ERRORS')
      expect(result.errors).toHaveLength(3)
      expect(result.report.failed).toBe(3)
      expect(result.report.processed + result.report.unprocessed).toBe(11)
      expect(result.table).toEqual(before)
    }
  })
})
