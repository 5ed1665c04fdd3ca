// Values with invisible characters: stored unchanged, with one warning for each column that counts them.
import { describe, expect, test } from 'vitest'
import { createDatabase } from '../../../../../test-support/database.ts'
import { createImporter, defineResource, type RunOptions, Type } from '../../../src/index.ts'
import { leadsFixture } from '../../fixtures/leads-fixture.ts'

const harness = leadsFixture()

const unseen = (field: string, count: number, example: string) => ({
  code: 'INVISIBLE_CHARACTERS',
  field,
  count,
  example,
  detail:
    count === 1
      ? `1 value of "${field}" holds invisible characters or white space at an edge, such as "${example}"; it was not changed`
      : `${count} values of "${field}" hold invisible characters or white space at an edge, such as "${example}"; they were not changed`,
})

const keys = ['A1', 'A1\u200b', '\u00a0A1', '\ufeffA1', 'A1 ', 'A2']
const records = keys.map((email, index) => ({ email, city: index === 5 ? ' Ulm' : 'Ulm' }))

const ways = [
  ['CSV', { format: 'csv', source: csvOf(records) }],
  [
    'NDJSON',
    { format: 'ndjson', source: Buffer.from(records.map(one => `${JSON.stringify(one)}\n`).join('')) },
  ],
  ['a JSON array', { format: 'json', source: Buffer.from(JSON.stringify(records)) }],
  ['objects', { source: records }],
] as const

function csvOf(rows: readonly { readonly email: string; readonly city: string }[]): Buffer {
  return Buffer.from(`email,city\n${rows.map(({ email, city }) => `"${email}","${city}"\n`).join('')}`)
}

const expected = [unseen('email', 4, String.raw`A1\u200b`), unseen('city', 1, ' Ulm')]

describe.each(ways)('%s', (_, run) => {
  test.each([1, 4, 1_000])('in batches of %i', async batchRows => {
    const { report, rows } = await harness.run(run, batchRows)
    expect(rows.map(({ email }) => email)).toEqual(keys)
    expect(report.warnings).toEqual(expected)
  })
})

test.each<[name: string, options: Partial<RunOptions>]>([
  ['a dry run', { dryRun: true }],
  ['all or nothing', { atomic: true }],
  ['on_conflict=ignore', { onConflict: 'ignore' }],
  ['on_conflict=update', { onConflict: 'update' }],
])('%s warns the same', async (_, options) => {
  expect(
    (await harness.run({ format: 'csv', source: csvOf(records), ...options }, 2)).report.warnings,
  ).toEqual(expected)
})

test.each([1, 2, 3])('in batches of %i, what maxErrors stops before does not count', async batchRows => {
  const source = Buffer.from('email,score\na ,1\nb ,x\nc ,2\n')
  const { report } = await harness.run({ format: 'csv', source, maxErrors: 1 }, batchRows)
  expect(report.warnings).toEqual([unseen('email', 2, 'a ')])
})

test('a rejected value counts too, since it may be the reason', async () => {
  const { report, errors } = await harness.run({
    format: 'csv',
    source: Buffer.from('email\nA\nA\n"A "\n"A "\n'),
  })
  expect(errors).toEqual(['3 email DUPLICATE_EMAIL', '5 email DUPLICATE_EMAIL'])
  expect(report.warnings).toEqual([unseen('email', 2, 'A ')])
})

// `true` and `6f30…` are what a person sees there, and what the report says is wrong with them.
test.each(['csv', 'ndjson'] as const)(
  'a value of another type that was rejected for it counts, and one that was rejected anyway does not: %s',
  async format => {
    const records = [
      { score: '1\u200b', tags: 'a' },
      { score: '\u00a02' },
      { score: 'x' },
      { score: 'x y' },
      { tags: '{a\u2060' },
    ]
    const lines = records.map(({ score = '', tags = '' }) => `${score},${tags}\n`)
    const source =
      format === 'csv'
        ? Buffer.from(`score,tags\n${lines.join('')}`)
        : Buffer.from(records.map(one => `${JSON.stringify(one)}\n`).join(''))
    for (const batchRows of [1, 1_000]) {
      const { report } = await harness.run({ format, source }, batchRows)
      expect(report.failed).toBe(5)
      expect(report.warnings.slice(1)).toEqual([
        unseen('score', 2, String.raw`1\u200b`),
        unseen('tags', 1, String.raw`{a\u2060`),
      ])
    }
  },
)

test('ASCII and characters that readers need do not count', async () => {
  const rows = ['two words', 'a\nb', 'Zoë', '👩\u200d🚀', 'می\u200cخواهم', '10\u00a0000'].map(city => ({
    email: `${city}!`,
    city,
  }))
  expect((await harness.run({ format: 'csv', source: csvOf(rows) })).report.warnings).toEqual([])
})

test('elements of a list count as one value, values of other types do not', async () => {
  const source = [{ tags: ['a', 'b ', 'c '] }, { tags: ['a'] }, { meta: { x: 'a ' } }]
  const { report } = await harness.run({ source })
  expect(report.warnings).toEqual([unseen('tags', 1, 'b ')])
})

test('a long example is cut', async () => {
  const { report } = await harness.run({ source: [{ city: `${'x'.repeat(500)}\u200b` }] })
  expect(report.warnings[0]?.example).toBe(`${'x'.repeat(60)}…`)
})

test('references, keys and transforms: the compared value is checked, and sensitive values are not shown', async () => {
  const database = await createDatabase()
  await database.pool.query(`create table teams (id int primary key, name text unique);
    insert into teams values (1, 'red'), (2, 'red ');
    create table members (login text primary key, mail text, pin text, team_id int references teams)`)
  const members = defineResource('members', {
    table: 'members',
    schema: Type.Object({
      login: Type.String(),
      mail: Type.Optional(Type.String()),
      pin: Type.Optional(Type.String()),
      team_id: Type.Optional(Type.Integer()),
    }),
    fields: { mail: { transform: text => text.trim() }, pin: { sensitive: true } },
    references: { team_id: { table: 'teams', by: { team: 'name' } } },
  })
  const { warnings, inserted } = await createImporter({ pool: database.pool, resources: [members] }).run({
    resource: 'members',
    format: 'csv',
    source: Buffer.from('login,mail,pin,team\na, a@x ,1 ,red \n'),
  })
  expect(inserted).toBe(1)
  expect(warnings).toEqual([
    {
      code: 'INVISIBLE_CHARACTERS',
      field: 'pin',
      count: 1,
      detail: '1 value of "pin" holds invisible characters or white space at an edge; it was not changed',
    },
    unseen('team', 1, 'red '),
  ])
  const { rows } = await database.pool.query('select mail, pin, team_id from members')
  expect(rows).toEqual([{ mail: 'a@x', pin: '1 ', team_id: 2 }])
  await database.drop()
})
