// JSON that has no field of the resource: no rows of nulls, but an error with the nearest names, or where the records are.
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { RunOptions } from '../../../src/index.ts'
import { leadsFixture } from '../../fixtures/leads-fixture.ts'

const harness = leadsFixture()

type Json = Record<string, unknown>

const ndjson = (...records: Json[]) => ({
  format: 'ndjson',
  source: Buffer.from(records.map(record => `${JSON.stringify(record)}\n`).join('')),
})
const json = (...records: Json[]) => ({ format: 'json', source: Buffer.from(JSON.stringify(records)) })
const objects = (...records: Json[]) => ({ source: records })
const ways = [
  ['NDJSON', ndjson],
  ['a JSON array', json],
  ['objects', objects],
] as const

const ann = { full_name: 'Ann', email: 'a@x' }
const bob = { full_name: 'Bob' }

describe.each(ways)('%s', (_, of) => {
  test('a record without a known field is an error with suggestions, and the others are imported', async () => {
    const file = of(
      ann,
      { fullName: 'Cyd', 'E-Mail': 'c@x', zip: 1 },
      {},
      { made_at: '2026-11-28T00:00:00Z' },
      bob,
    )
    const { report, errors, messages, rows } = await harness.run(file, 2)
    expect(errors).toEqual(['2 - NO_KNOWN_FIELD', '3 - NO_KNOWN_FIELD', '4 - NO_KNOWN_FIELD'])
    expect(messages).toEqual([
      'No key of the record is a field of leads: "fullName" (did you mean "full_name"?), "E-Mail" (did you mean "email"?), "zip". Rename the keys, or map them.',
      'The record is empty; it has no field of leads.',
      'No key of the record is a field of leads that can be imported: "made_at" (read only). Rename the keys, or map them.',
    ])
    expect(rows).toEqual([ann, bob])
    expect(report).toMatchObject({ processed: 5, inserted: 2, failed: 3 })
  })

  test.each<[name: string, record: Json, paths: string]>([
    ['an envelope', { data: [ann, bob], total: 2 }, 'data (2)'],
    ['an envelope of records whose names differ', { data: [{ fullName: 'Ann' }], total: 1 }, 'data (1)'],
    ['a nested one', { result: { items: [ann, bob, ann] } }, 'result.items (3)'],
    [
      'GeoJSON',
      { type: 'FeatureCollection', features: [{ type: 'Feature', properties: ann }] },
      'features (1)',
    ],
    ['objects by name', { a: ann, b: bob }, 'the outermost keys (2)'],
    ['an envelope with a key that is a field', { city: 'Ulm', data: [ann, bob] }, 'data (2)'],
  ])('%s alone is a fault that states where the records are', async (__, record, paths) => {
    const { report, fault, errors, rows } = await harness.run(of(record))
    expect(fault).toEqual({
      code: 'FILE_PARSE_ERROR',
      message: `The file holds one object, which is not a record of leads; records were found at ${paths}. Send these records alone: as one JSON array, or as one object a line.`,
    })
    expect({ errors, rows }).toEqual({ errors: [], rows: [] })
    expect(report).toMatchObject({ processed: 0, unprocessed: 0 })
  })

  test('several envelopes are errors that state where the records are', async () => {
    const { errors, messages } = await harness.run(of({ data: [ann] }, { data: [bob, ann] }))
    expect(errors).toEqual(['1 - NO_KNOWN_FIELD', '2 - NO_KNOWN_FIELD'])
    expect(messages[1]).toContain('Records were found inside of it, at data (2).')
  })

  test.each<[name: string, record: Json, row: Record<string, string>]>([
    [
      'a field that holds a list of objects',
      { meta: [ann, bob], city: 'Ulm' },
      { meta: '[{"email":"a@x","full_name":"Ann"},{"full_name":"Bob"}]', city: 'Ulm' },
    ],
    ['only such a field', { meta: [{ full_name: 'x' }] }, { meta: '[{"full_name":"x"}]' }],
    [
      'an unknown list of values that are not leads',
      { city: 'Ulm', orders: [{ sku: 1 }, { sku: 2 }] },
      { city: 'Ulm' },
    ],
    ['an unknown list of as few fields', { city: 'Ulm', places: [{ city: 'Bonn' }] }, { city: 'Ulm' }],
    ['a known field that is null', { city: null }, {}],
    ['a key that differs in case and white space', { ' CITY\u00a0': 'Ulm' }, { city: 'Ulm' }],
    ['an alias', { Town: 'Ulm' }, { city: 'Ulm' }],
  ])('%s alone is a record', async (__, record, row) => {
    const { fault, errors, rows } = await harness.run(of(record))
    expect(fault).toBeUndefined()
    expect(errors).toEqual([])
    expect(rows).toEqual([row])
  })

  test('a record with other names alone is an error, even if it contains a list', async () => {
    const { errors, messages } = await harness.run(of({ fullName: 'Ann', orders: [{ sku: 1 }] }))
    expect(errors).toEqual(['1 - NO_KNOWN_FIELD'])
    expect(messages[0]).toContain('(did you mean "full_name"?)')
  })
})

test('a mapping makes a key known', async () => {
  const { rows } = await harness.run({ ...ndjson({ fullName: 'Ann' }), mapping: { fullName: 'full_name' } })
  expect(rows).toEqual([{ full_name: 'Ann' }])
})

test.each<[name: string, options: Partial<RunOptions>]>([
  ['a dry run', { dryRun: true }],
  ['all or nothing', { atomic: true }],
  ['on_conflict=update', { onConflict: 'update' }],
  ['max_errors=1', { maxErrors: 1 }],
])('%s: the same', async (_, options) => {
  expect((await harness.run({ ...ndjson({ data: [ann] }), ...options })).fault?.code).toBe('FILE_PARSE_ERROR')
  expect((await harness.run({ ...ndjson({ x: 1 }), ...options })).errors).toEqual(['1 - NO_KNOWN_FIELD'])
})

test.each<[name: string, text: string, options: Partial<RunOptions>]>([
  ['over lines', JSON.stringify({ data: [ann, bob] }, null, 2), {}],
  ['after blank lines', `\n\n${JSON.stringify({ data: [ann, bob] })}\n\n`, {}],
  ['in UTF-16', '', { source: Buffer.from(`\ufeff${JSON.stringify({ data: [ann, bob] })}`, 'utf16le') }],
  ['in gzip', '', { source: gzipSync(JSON.stringify({ data: [ann, bob] })), compression: 'gzip' }],
  ['named json', JSON.stringify({ data: [ann, bob] }), { format: 'json' }],
  ['named json, over lines', JSON.stringify({ data: [ann, bob] }, null, 2), { format: 'json' }],
])('an envelope %s is the same fault', async (_, text, options) => {
  const { fault, rows } = await harness.run({ format: 'ndjson', source: Buffer.from(text), ...options })
  expect(fault?.code).toBe('FILE_PARSE_ERROR')
  expect(fault?.message).toContain('records were found at data (2). Send these records alone')
  expect(rows).toEqual([])
})

test('an envelope longer than the maximum record length is the same fault', async () => {
  const long = { data: Array.from({ length: 4_000 }, () => ({ full_name: 'x'.repeat(300) })) }
  const { fault, rows } = await harness.run(ndjson(long))
  expect(fault?.message).toMatch(/records were found at data \(at least \d{4}\)/)
  expect(rows).toEqual([])
})

test('if unknown columns are errors, the keys are named as before', async () => {
  const { errors } = await harness.run({ ...ndjson(ann, { fullName: 'x' }, {}), unknownColumns: 'error' })
  expect(errors).toEqual(['2 - UNKNOWN_COLUMN', '3 - NO_KNOWN_FIELD'])
})
