// If nothing was imported, the first warning says so, with the likely cause; otherwise there is no such warning.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { createImporter, type ImportReport, importReportOf, type RunOptions } from '../../../src/index.ts'
import { resources } from '../../support.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createReferenceDatabase()
})
afterAll(() => database.drop())
beforeEach(async () => {
  await database.pool.query('truncate users cascade')
  await database.pool.query(
    `insert into users (email, name, role, active) values ('a@example.org', 'A', 'reader', true), ('b@example.org', 'B', 'reader', true)`,
  )
})

/** The report, of a run that ended with a fault too. */
async function report(
  more: Partial<RunOptions> & { readonly source: RunOptions['source'] },
): Promise<ImportReport> {
  const importer = createImporter({ pool: database.pool, resources, batchRows: 2 })
  const options = { resource: 'users', format: 'csv', ...more } as RunOptions
  return importer.run(options).catch(error => importReportOf(error) ?? Promise.reject(error))
}

const header = 'email,name,role,active\n'
const rows = (...lines: readonly string[]) =>
  Buffer.from(`${header}${lines.map(line => `${line}\n`).join('')}`)
const known = (count: number) =>
  ['a@example.org,A,reader,true', 'b@example.org,B,reader,true'].slice(0, count)

const email = '"email" must be an e-mail address, such as ada@example.org.'

test.each<[what: string, options: Parameters<typeof report>[0], sentence: string]>([
  [
    'all for the same reason',
    { source: rows('x,X,reader,true', 'y,Y,reader,true', 'z,Z,reader,true') },
    `Nothing was imported: all 3 records were rejected. Each for the same reason: ${email}`,
  ],
  [
    'all with the same code in the same field, for reasons of their own',
    { source: rows(`${known(2)[0]}`, `${known(2)[1]}`, 'a@example.org,C,reader,true') },
    'Nothing was imported: all 3 records were rejected. Each for the same reason: The same "email" is already in users.',
  ],
  [
    'the same code in the same field with different messages',
    { source: rows('x,X,reader,true', `y@${'a.'.repeat(130)}org,Y,reader,true`) },
    `Nothing was imported: all 2 records were rejected. Each has the error INVALID_EMAIL in "email", for example: ${email}`,
  ],
  [
    'one record',
    { source: rows('x,X,reader,true') },
    `Nothing was imported: the only record was rejected. ${email}`,
  ],
  [
    'one rule that all break, among others',
    { source: rows('x,X,king,true', 'y,Y,reader,true', 'z,Z,reader,maybe') },
    `Nothing was imported: all 3 records were rejected. Each for the same reason: ${email}`,
  ],
  [
    'different reasons',
    {
      source: rows(
        'x,X,reader,true',
        'y,Y,reader,true',
        'c@example.org,C,king,true',
        'd@example.org,D,reader,maybe',
      ),
    },
    'Nothing was imported: all 4 records were rejected. The most frequent reasons: INVALID_EMAIL in "email" (2), INVALID_ROLE in "role" (1), INVALID_BOOLEAN in "active" (1).',
  ],
  [
    'a dry run',
    { source: rows('x,X,reader,true', 'y,Y,reader,true'), dryRun: true },
    `Nothing would be imported: all 2 records would be rejected. Each for the same reason: ${email}`,
  ],
  [
    'records that exist, which are ignored',
    { source: rows(...known(2)), onConflict: 'ignore' },
    'Nothing was imported: all 2 records are in the table already, and were left as they are.',
  ],
  [
    'one that exists, in a dry run',
    { source: rows(...known(1)), onConflict: 'ignore', dryRun: true },
    'Nothing would be imported: the only record is in the table already, and would be left as it is.',
  ],
  [
    'the same of an atomic import',
    { source: rows(...known(2)), onConflict: 'ignore', atomic: true },
    'Nothing was imported: all 2 records are in the table already, and were left as they are.',
  ],
  [
    'some that exist and some that are wrong',
    { source: rows(...known(2), 'x,X,reader,true'), onConflict: 'ignore' },
    `Nothing was imported: of all 3 records, 2 are in the table already, and 1 was rejected. ${email}`,
  ],
  [
    'a limit of rejected records',
    { source: rows('x,X,reader,true', 'y,Y,reader,true', 'z,Z,reader,true'), maxErrors: 2 },
    `Nothing was imported: all 2 records that were read were rejected. Each for the same reason: ${email}`,
  ],
  [
    'a file that is broken after its only record',
    { source: rows('x,X,reader,true', 'y,"Y,reader,true') },
    `Nothing was imported: the only record that was read was rejected. ${email}`,
  ],
  [
    'an atomic import without a good record',
    { source: rows('x,X,reader,true', 'y,Y,reader,true'), atomic: true },
    `Nothing was imported: all 2 records were rejected. Each for the same reason: ${email}`,
  ],
])('%s', async (_, options, sentence) => {
  const { warnings } = await report(options)
  expect(warnings).toEqual([{ code: 'NOTHING_IMPORTED', detail: sentence }])
})

test('columns without a field are part of the cause, in NDJSON too, and keep their own warnings', async () => {
  const lines = [
    '{"Mail":"a","fullName":"A","role":"reader","active":true}',
    '{"Mail":"b","role":"reader","active":true}',
  ]
  const { warnings } = await report({ format: 'ndjson', source: Buffer.from(lines.join('\n')) })
  expect(warnings.map(({ code }) => code)).toEqual(['NOTHING_IMPORTED', 'UNKNOWN_COLUMN', 'UNKNOWN_COLUMN'])
  expect(warnings[0]?.detail).toMatch(
    /^Nothing was imported: all 2 records were rejected\. Each for the same reason: .*"email".* users has no field for the columns "Mail", "fullName" of the file; use a mapping to assign each of them to a field\.$/,
  )
  const csv = Buffer.from('email,name,role,active,hobby\nx,X,reader,true,chess\n')
  const other = await report({ source: csv })
  expect(other.warnings[0]?.detail).toMatch(
    / users has no field for the column "hobby" of the file; use a mapping to assign it to a field\.$/,
  )
})

test('objects of a program', async () => {
  const { warnings } = await report({ format: undefined, source: [{ email: 'x' }, { email: 'y' }] } as never)
  expect(warnings[0]?.code).toBe('NOTHING_IMPORTED')
})

describe('the warning is absent', () => {
  test.each<[what: string, options: Parameters<typeof report>[0]]>([
    ['if one record was imported', { source: rows('x,X,reader,true', 'c@example.org,C,reader,true') }],
    [
      'where one was updated',
      { source: rows('a@example.org,New,reader,true', 'x,X,reader,true'), onConflict: 'update' },
    ],
    [
      'where one would get in',
      { source: rows('x,X,reader,true', 'c@example.org,C,reader,true'), dryRun: true },
    ],
    ['of a file without records', { source: Buffer.from(header) }],
    ['of an empty file of lines', { format: 'ndjson', source: Buffer.alloc(0) }],
    [
      'of an atomic import with good records: its fault reports it',
      { source: rows('c@example.org,C,reader,true', 'x,X,reader,true'), atomic: true },
    ],
  ])('%s', async (_, options) => {
    expect((await report(options)).warnings).toEqual([])
  })
})
