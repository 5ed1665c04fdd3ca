// The look-up of a resource: one call for each batch, which fills fields, rejects records, or ends the run.
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { createImporter, importReportOf, type RecordError } from '../../../src/index.ts'
import { type LookUp, type Person, people, some, tables } from '../../fixtures/look-up-fixture.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await createDatabase()
  await database.pool.query(tables)
})
afterEach(() => database.drop())

/** Ids of countries from the table of the same database, by their names. */
const byCountry: LookUp = async records => {
  const names = records.map(({ values }) => values.country)
  const { rows } = await database.pool.query('select id, name from countries where name = any($1)', [names])
  const ids = new Map(rows.map(({ id, name }) => [name, id]))
  for (const { values, set, issue } of records) {
    const id = ids.get(values.country)
    if (id === undefined) issue('country', 'COUNTRY_UNKNOWN', `There is no country "${values.country}".`)
    else set('country_id', id)
  }
}

async function importPeople(lookUp: LookUp, records: readonly Person[], batchRows = 1_000) {
  const errors: RecordError[] = []
  const importer = createImporter({ pool: database.pool, resources: [people(lookUp)], batchRows })
  const report = await importer.run({
    resource: 'people',
    source: records,
    onError: error => errors.push(error),
  })
  return { report, errors }
}

const stored = async () =>
  (await database.pool.query('select id, name, country_id from people order by id')).rows.map(row =>
    Object.values(row).join(' '),
  )

describe('a look-up', () => {
  test.each([1, 2, 1_000])(
    'fills an id from a name, and rejects unknown names (batches of %i)',
    async batchRows => {
      const { report, errors } = await importPeople(
        byCountry,
        [
          { id: 1, name: 'Ada', country: 'Ghana' },
          { id: 2, name: 'Bea', country: 'Atlantis' },
          { id: 3, name: 'Cleo', country: 'Chile' },
          { id: 4, name: 'Dora' },
        ],
        batchRows,
      )
      expect(await stored()).toEqual(['1 Ada 2', '3 Cleo 1'])
      expect(report).toMatchObject({
        processed: 4,
        successful: 2,
        failed: 2,
        errorsByCode: { COUNTRY_UNKNOWN: 2 },
      })
      expect(errors).toMatchObject([
        {
          rowNumber: 2,
          recordIdentifier: '2',
          field: 'country',
          code: 'COUNTRY_UNKNOWN',
          message: 'There is no country "Atlantis".',
          value: 'Atlantis',
        },
        { rowNumber: 4, field: 'country', message: 'There is no country "undefined".', value: null },
      ])
    },
  )

  test('is called once for each batch, with the records that are valid so far and nothing else', async () => {
    const calls: (readonly number[])[] = []
    const records = some(7).map((person, index) => (index % 3 === 1 ? { ...person, id: 'x' } : person))
    const { report } = await importPeople(
      async (seen, { signal }) => {
        expect(signal.aborted).toBe(false)
        calls.push(seen.map(({ rowNumber }) => rowNumber))
        for (const { set } of seen) set('country_id', 1)
      },
      records,
      3,
    )
    expect(calls).toEqual([[1, 3], [4, 6], [7]])
    expect(report).toMatchObject({ processed: 7, successful: 5, failed: 2 })
  })

  test('is not called for a batch without valid records', async () => {
    let calls = 0
    const { report } = await importPeople(async () => void calls++, [{ id: 'x', name: 'a' }])
    expect([calls, report.failed]).toEqual([0, 1])
  })

  test('receives parsed values, and the values that it has set', async () => {
    const seen: unknown[] = []
    await importPeople(
      async records => {
        for (const { values, set } of records) {
          seen.push({ ...values })
          set('country_id', 2)
          seen.push({ ...values })
        }
      },
      [{ id: 1, name: 'Ada', country: null }],
    )
    expect(seen).toEqual([
      { id: 1, name: 'Ada', country: null },
      { id: 1, name: 'Ada', country: null, country_id: 2 },
    ])
  })

  test.each([
    ['of a wrong type', 'Ghana', 'must be a whole number'],
    ['that breaks a rule', 0, 'must be at least 1'],
    ['that the column cannot hold', 40_000, 'must be a whole number from -32768 to 32767'],
  ])('that sets a value %s makes it an error of that field', async (_, value, reported) => {
    const { report, errors } = await importPeople(async records => {
      // A program without types can set anything.
      for (const { set } of records) set('country_id', value as number)
    }, some(1))
    expect(errors).toMatchObject([
      {
        rowNumber: 1,
        field: 'country_id',
        code: 'INVALID_COUNTRY_ID',
        message: `"country_id" ${reported}.`,
        value: String(value),
      },
    ])
    expect(report).toMatchObject({ processed: 1, failed: 1 })
  })

  test('that removes a required value gets the record rejected', async () => {
    const { errors } = await importPeople(async records => {
      for (const { set } of records) set('name', null)
    }, some(1))
    expect(errors).toMatchObject([{ rowNumber: 1, field: 'name', code: 'MISSING_FIELD' }])
  })

  test('whose value the table knows in another form is judged like a value of the file', async () => {
    const { errors } = await importPeople(async records => {
      for (const { set } of records) set('country_id', 99)
    }, some(1))
    expect(errors).toMatchObject([
      { rowNumber: 1, field: 'country_id', code: 'COUNTRY_NOT_FOUND', value: '99' },
    ])
  })

  test('changes a value of the file, and reports still show the value of the file', async () => {
    await importPeople(byCountry, some(1))
    const { errors } = await importPeople(
      async records => {
        for (const { set } of records) {
          set('id', 0)
          set('country_id', 1)
        }
      },
      [{ id: 55, name: 'Ada' }],
    )
    expect(errors).toMatchObject([{ code: 'DUPLICATE_ID', value: '55' }])
  })

  test('that leaves a NOT NULL column empty gets the record rejected by the table', async () => {
    const { errors } = await importPeople(async () => undefined, some(1))
    expect(errors).toMatchObject([{ rowNumber: 1, field: 'country_id', code: 'CONSTRAINT_VIOLATION' }])
  })
})

describe('a look-up that throws', () => {
  test.each([1, 2, 3])(
    'ends the run: earlier batches are committed and counted, its own is not (call %i)',
    async last => {
      let calls = 0
      const running = importPeople(
        async records => {
          if (++calls === last) throw new Error('the directory is down')
          for (const { set } of records) set('country_id', 1)
        },
        some(10),
        3,
      )
      const fault = await running.catch((error: unknown) => error)
      expect(fault).toMatchObject({
        code: 'HOOK_FAILED',
        message: 'The lookUp of people threw an error.',
        cause: { message: 'the directory is down' },
      })
      const before = 3 * (last - 1)
      expect(importReportOf(fault)).toMatchObject({ processed: before, successful: before, failed: 0 })
      expect(await stored()).toHaveLength(before)
    },
  )

  test.each([['no field', 'planet', 'The lookUp of people sets "planet", which is not a field.']])(
    'because it sets %s is reported with its mistake',
    async (_, name, message) => {
      const running = importPeople(async records => {
        for (const { set } of records) set(name as 'name', 'x')
      }, some(1))
      await expect(running).rejects.toMatchObject({ code: 'HOOK_FAILED', message })
    },
  )

  test('or that never ends is abandoned when the run is cancelled', async () => {
    const cancelled = new AbortController()
    const importer = createImporter({
      pool: database.pool,
      resources: [
        people(() => {
          cancelled.abort()
          return new Promise(() => undefined)
        }),
      ],
    })
    const running = importer.run({ resource: 'people', source: some(3), signal: cancelled.signal })
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(await stored()).toEqual([])
  })
})

test('is called ahead while the database works on the batch before', async () => {
  const calls: string[] = []
  const importer = createImporter({
    pool: database.pool,
    batchRows: 1,
    resources: [
      people(async records => {
        await setImmediate()
        for (const { set } of records) set('country_id', 1)
        calls.push(`look-up of ${records[0]?.rowNumber}`)
      }),
    ],
  })
  await importer.run({
    resource: 'people',
    source: some(3),
    onProgress: ({ processed }) => calls.push(`${processed} in`),
  })
  expect(calls.indexOf('look-up of 2')).toBeLessThan(calls.indexOf('1 in'))
})
