// Mappings: which ones are rejected before anything is read, and the warning for a name that is in no record.
import { describe, expect, test } from 'vitest'
import type { RunOptions } from '../../../src/index.ts'
import { leadsFixture } from '../../fixtures/leads-fixture.ts'

const harness = leadsFixture()

const ndjson = (...records: object[]) => ({
  format: 'ndjson',
  source: Buffer.from(records.map(record => `${JSON.stringify(record)}\n`).join('')),
})

const unused = (column: string, target: string, hint = '') => ({
  code: 'MAPPING_UNUSED',
  column,
  detail: `No record has the key "${column}", which the mapping maps to "${target}"${hint}`,
})

/** The mapped key is in the third record only. */
const late = ndjson({ email: 'a@x' }, { email: 'b@x' }, { email: 'c@x', Wohnort: 'Ulm' }, { email: 'd@x' })

describe.each([1, 2, 1_000])('in batches of %i', batchRows => {
  test('a mapped name that is in no record is a warning at the end, with a suggestion', async () => {
    const mapping = { 'E-Mail': 'email', Ort: 'city' }
    const { report } = await harness.run(
      { ...ndjson({ E_mail: 'a@x', full_name: 'Ann' }), mapping },
      batchRows,
    )
    expect(report.warnings).toEqual([
      unused('E-Mail', 'email', ' (did you mean "E_mail"?)'),
      unused('Ort', 'city'),
      {
        code: 'UNKNOWN_COLUMN',
        column: 'E_mail',
        detail: 'Column "E_mail" is not part of leads and was not imported',
      },
    ])
  })

  test('a mapped name that is in any record is not reported, however late, and in any spelling', async () => {
    expect(
      (await harness.run({ ...late, mapping: { 'wohn\u00adort ': 'city' } }, batchRows)).report.warnings,
    ).toEqual([])
  })

  test('a mapped name that only a rejected record has is not reported', async () => {
    const file = ndjson({ email: 'a@x' }, { email: 5, Ort: 'Ulm' })
    expect((await harness.run({ ...file, mapping: { Ort: 'city' } }, batchRows)).report.warnings).toEqual([])
  })

  test('nothing is reported for a file that was not read to its end', async () => {
    const file = ndjson({ email: 5 }, { email: 'b@x' })
    const { report, fault } = await harness.run(
      { ...file, mapping: { Ort: 'city' }, maxErrors: 1 },
      batchRows,
    )
    expect(fault?.code).toBe('TOO_MANY_ERRORS')
    expect(report.warnings.map(({ code }) => code)).toEqual(['NOTHING_IMPORTED'])
  })

  test('a mapped name whose only record comes after the last allowed rejection', async () => {
    const file = ndjson({ email: 'a@x' }, { email: 5 }, { email: 'b@x', Ort: 'Ulm' })
    const stopped = await harness.run({ ...file, mapping: { Ort: 'city' }, maxErrors: 1 }, batchRows)
    expect(stopped.report).toMatchObject({ unprocessed: 1, warnings: [] })
  })
})

test.each<[name: string, options: Partial<RunOptions>]>([
  ['a JSON array', { format: 'json', source: Buffer.from('[{"email":"a@x"}]') }],
  ['a dry run', { ...ndjson({ email: 'a@x' }), dryRun: true }],
  ['all or nothing', { ...ndjson({ email: 'a@x' }), atomic: true }],
  ['an atomic import that is rolled back', { ...ndjson({ email: 'a@x' }, { email: 5 }), atomic: true }],
])('%s warns the same', async (_, options) => {
  const { report } = await harness.run({ source: [], ...options, mapping: { Ort: 'city' } })
  expect(report.warnings).toEqual([unused('Ort', 'city')])
})

test('objects of a program give the same warnings', async () => {
  const { report } = await harness.run({ source: [{ email: 'a@x' }], mapping: { Ort: 'city' } })
  expect(report.warnings).toEqual([unused('Ort', 'city')])
})

test('in CSV a mapped name that the header lacks is still an error', async () => {
  const file = { format: 'csv', source: Buffer.from('email\na@x\n') }
  expect((await harness.run({ ...file, mapping: { Ort: 'city' } })).fault?.message).toContain(
    'column "Ort" of the mapping is missing',
  )
})

test.each<[name: string, mapping: unknown, says: string]>([
  ['two names for one field', { a: 'city', b: 'city' }, 'maps both "a" and "b" to "city"'],
  ['a field and its alias', { a: 'city', b: 'Town' }, 'maps both "a" and "b" to "Town"'],
  ['one name in two spellings', { Ort: 'city', 'o\u200brt': 'email' }, String.raw`maps "o\u200brt" twice`],
  ['a Map', new Map([['Ort', 'city']]), 'must be an object'],
  ['a list', ['city'], 'must be an object'],
  ['a text', 'Ort=city', 'must be an object'],
])('%s is refused', async (_, mapping, says) => {
  const { fault, rows } = await harness.run({
    ...ndjson({ email: 'a@x' }),
    mapping: mapping as Record<string, string>,
  })
  expect(fault?.code).toBe('OPTION_INVALID')
  expect(fault?.message).toContain(says)
  expect(rows).toEqual([])
})
