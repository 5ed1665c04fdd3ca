// Values as PostgreSQL itself writes them into a file: read in every format, and stored unchanged.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { createImporter, defineResource, type Resource, type RunOptions, Type } from '../../../src/index.ts'
import { bytes, exportShaped } from '../../support.ts'

const instant = Type.String({ format: 'date-time' })
const schema = Type.Object({
  id: Type.Integer(),
  flag: Type.Optional(Type.Boolean()),
  at: Type.Optional(instant),
  ats: Type.Optional(Type.Array(instant)),
  wall: Type.Optional(instant),
  walls: Type.Optional(Type.Array(instant)),
  stay: Type.Optional(instant),
  ratio: Type.Optional(Type.Number()),
  single: Type.Optional(Type.Number()),
  singles: Type.Optional(Type.Array(Type.Number())),
})
const seen: unknown[] = []
const things = defineResource('things', {
  table: 'things',
  schema,
  check: ({ wall }) => void seen.push(wall),
})
const columns = `id int primary key, flag boolean, at timestamptz, ats timestamptz[], wall timestamp, walls timestamp[],
  stay local, ratio float8, single real, singles real[]`

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  // Another zone and another style, as any database may have them: neither may change what a file means.
  await database.smallPool.query(`alter database ${database.name} set timezone = 'America/New_York';
    alter database ${database.name} set datestyle = 'SQL, DMY';
    create domain local as timestamp; create table things (${columns})`)
})
afterAll(() => database.drop())
beforeEach(() => database.pool.query('truncate things'))

type Case = readonly [field: string, given: string, expected: string]
type Format = 'csv' | 'ndjson' | 'json'

/** A record for each case, which has an id and this one field. */
function fileOf(cases: readonly Case[], format: Format): Buffer {
  const fields = Object.keys(schema.properties).slice(1)
  if (format === 'csv') {
    const lines = cases.map(([field, given], index) =>
      [index + 1, ...fields.map(name => (name === field ? `"${given.replaceAll('"', '""')}"` : ''))].join(),
    )
    return bytes(`id,${fields.join()}\n${lines.join('\n')}\n`)
  }
  const records = cases.map(([field, given], index) => {
    // Numbers and lists are no text in JSON.
    const value = /^(?:ratio|single|.*s)$/.test(field) ? given : JSON.stringify(given)
    return `{"id":${index + 1},"${field}":${value}}`
  })
  return bytes(format === 'json' ? `[${records.join()}]` : `${records.join('\n')}\n`)
}

async function run(cases: readonly Case[], format: Format, options: Partial<RunOptions> = {}) {
  const errors: [number, string | null, string, string | null][] = []
  const report = await createImporter<Resource>({ pool: database.pool, resources: [things] }).run({
    resource: 'things',
    format,
    source: fileOf(cases, format),
    onError: ({ recordIdentifier, field, message, value }) =>
      errors.push([Number(recordIdentifier), field, message, value]),
    ...options,
  })
  return { report, errors }
}

/** What each case stored, as PostgreSQL writes it in UTC. */
async function stored(cases: readonly Case[]): Promise<readonly string[]> {
  const client = await database.pool.connect()
  try {
    await client.query(`set timezone = 'UTC'; set datestyle = 'ISO'`)
    const { rows } = await client.query(
      'select to_jsonb(t) from (select id, at::text, ats::text, wall::text, walls::text, stay::text, flag::text, ratio::text, single::text, singles::text from things) t order by id',
    )
    return rows.map(({ to_jsonb: row }) => row[cases[row.id - 1]?.[0] ?? 'id'])
  } finally {
    await client.query('reset timezone; reset datestyle')
    client.release()
  }
}

const good: readonly Case[] = [
  ['flag', 't', 'true'],
  ['flag', 'f', 'false'],
  ['flag', 'T', 'true'],
  ['flag', 'F', 'false'],
  ['at', '2026-11-28 20:34:00+00', '2026-11-28 20:34:00+00'],
  ['at', '2026-11-28 20:34:00.5+05:30', '2026-11-28 15:04:00.5+00'],
  ['at', '2026-11-28 20:34:00.123456-03', '2026-11-28 23:34:00.123456+00'],
  ['at', '2026-11-28 20:34:00+0530', '2026-11-28 15:04:00+00'],
  ['at', '2026-11-28T20:34:00-0330', '2026-11-29 00:04:00+00'],
  // Before zones had full minutes: Amsterdam until 1937, Berlin until 1893.
  ['at', '1936-12-31 12:00:00.25+00:19:32', '1936-12-31 11:40:28.25+00'],
  ['at', '1890-01-01 00:00:00-00:53:28', '1890-01-01 00:53:28+00'],
  ['at', '0001-01-01 01:00:00+01', '0001-01-01 00:00:00+00'],
  [
    'ats',
    '["2026-11-28 20:34:00+02","2026-11-28T20:34:00Z"]',
    '{"2026-11-28 18:34:00+00","2026-11-28 20:34:00+00"}',
  ],
  ['wall', '2026-11-28 20:34:00', '2026-11-28 20:34:00'],
  ['wall', '2026-11-28T20:34:00.000001', '2026-11-28 20:34:00.000001'],
  // In the hour that clocks in New York skip, and in the one that they show twice.
  ['wall', '2026-03-08 02:30:00', '2026-03-08 02:30:00'],
  ['wall', '2026-11-01 01:30:00', '2026-11-01 01:30:00'],
  ['wall', '2026-11-28 20:34:00+02', '2026-11-28 18:34:00'],
  ['wall', '2026-11-28T20:34:00Z', '2026-11-28 20:34:00'],
  ['wall', '9999-12-31 23:59:59.999999', '9999-12-31 23:59:59.999999'],
  [
    'walls',
    '["2026-03-08 02:30:00","2026-11-28T20:34:00+02:00"]',
    '{"2026-03-08 02:30:00","2026-11-28 18:34:00"}',
  ],
  ['stay', '2026-11-28 20:34:00', '2026-11-28 20:34:00'],
  ['ratio', '-0', '-0'],
  ['ratio', '1e-07', '1e-07'],
  ['ratio', '4.9406564584124654e-324', '5e-324'],
  ['single', '1e-45', '1e-45'],
  ['single', '3.4028235e+38', '3.4028235e+38'],
  ['single', '-0', '-0'],
]

const noZone = 'has no time zone; add one, such as Z or +02:00.'
const noTime = 'must be an RFC 3339 timestamp with its zone, such as 2024-01-31T12:00:00Z.'
const noWallTime = 'must be a timestamp, such as 2024-01-31T12:00:00.'
const bad: readonly Case[] = [
  ['flag', 'y', '"flag" must be true or false.'],
  ['flag', 'on', '"flag" must be true or false.'],
  ['at', '2026-11-28 20:34:00', `"at" ${noZone}`],
  ['at', '2026-11-28T20:34:00.5', `"at" ${noZone}`],
  ['at', '2026-11-28 20:34:00 +00', `"at" ${noTime}`],
  ['at', '2026-11-28 20:34:00+16', `"at" ${noTime}`],
  ['at', '2026-11-28 20:34:00+05:60', `"at" ${noTime}`],
  ['at', '2026-11-28 20:34:00+05:30:60', `"at" ${noTime}`],
  ['at', '2026-11-28 20:34:00+0530:15', `"at" ${noTime}`],
  ['at', '2026-02-29 20:34:00', `"at" ${noTime}`],
  ['at', '9999-12-31 23:59:59-00:00:01', `"at" ${noTime}`],
  ['wall', '2026-02-29 20:34:00', `"wall" ${noWallTime}`],
  ['wall', '2026-11-28', `"wall" ${noWallTime}`],
  ['wall', '2026-11-28 24:00:00', `"wall" ${noWallTime}`],
  ['stay', '2026-11-28 20:34', `"stay" ${noWallTime}`],
]

test.each(['csv', 'ndjson', 'json'] as const)(
  '%s: a value that PostgreSQL printed is stored unchanged',
  async format => {
    expect(await run(good, format)).toMatchObject({ report: { successful: good.length }, errors: [] })
    expect(await stored(good)).toEqual(good.map(([, , expected]) => expected))
  },
)

test.each(['csv', 'ndjson', 'json'] as const)('%s: an ambiguous value is rejected', async format => {
  const { errors } = await run(bad, format)
  expect(errors).toEqual(bad.map(([field, given, message], index) => [index + 1, field, message, given]))
})

test.each([{ atomic: true }, { onConflict: 'update' }, { onConflict: 'ignore' }] as const)(
  'with %j it is the same, and a second import changes nothing',
  async options => {
    expect(await run(good, 'csv', options)).toMatchObject({ report: { successful: good.length } })
    expect(await stored(good)).toEqual(good.map(([, , expected]) => expected))
    if ('atomic' in options) return
    expect(await run(good, 'csv', options)).toMatchObject({ report: { updated: 0, ignored: good.length } })
  },
)

test('a dry run judges the same', async () => {
  const { report } = await run([...good, ...bad], 'csv', { dryRun: true })
  expect(report).toMatchObject({ inserted: good.length, failed: bad.length })
})

test('hooks receive RFC 3339, whatever the file contains', async () => {
  seen.length = 0
  await run(
    [
      ['wall', '2026-11-28 20:34:00.5', ''],
      ['wall', '2026-11-28 20:34:00+05', ''],
      ['wall', '1936-12-31 12:00:00.25+00:19:32', ''],
    ],
    'csv',
  )
  expect(seen).toEqual(['2026-11-28 20:34:00.5Z', '2026-11-28 20:34:00+05:00', '1936-12-31T11:40:28.25Z'])
})

test('a filter specifies an instant with its zone, and printRow may leave the zone out for a timestamp without one', async () => {
  await run([['wall', '2026-11-28 20:34:00', '']], 'csv')
  const printed = defineResource('things', {
    table: 'things',
    schema,
    printRow: row => ({ ...row, wall: '2026-01-01 00:00:00' }),
  })
  const file = async (filters: Record<string, unknown>) =>
    exportShaped(database.pool, { resource: 'things', format: 'csv', fields: ['wall'], filters }, [printed])
  expect(String(await file({ wall: '2026-11-28 20:34:00+00' }))).toBe('wall\n2026-01-01T00:00:00Z\n')
  await expect(file({ wall: '2026-11-28 20:34:00' })).rejects.toMatchObject({
    code: 'FILTER_INVALID',
    message: `The filter on "wall" ${noZone}`,
  })
})
