// lading import that imports nothing: the first line says so, and the exit code says whether that is a failure.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { callLading, referenceConfig, tempFile } from './support.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createReferenceDatabase()
  await database.pool.query(
    `insert into users (email, name, role, active) values ('ann@example.org', 'Ann', 'reader', true)`,
  )
})
afterAll(() => database.drop())

const header = 'email,name,role,active\n'
const known = `${header}ann@example.org,Ann,reader,true\n`
const bad = `${header}x,X,reader,true\ny,Y,reader,true\n`
const reason = 'Each for the same reason: "email" must be an e-mail address, such as ada@example.org.'

test.each<[what: string, file: string, options: readonly string[], code: number, firstLine: string]>([
  ['all rejected', bad, [], 2, `Nothing was imported: all 2 records were rejected. ${reason}`],
  [
    'too many rejected',
    bad,
    ['--max-errors', '1'],
    1,
    'Nothing was imported: the only record that was read was rejected. "email" must be an e-mail address, such as ada@example.org.',
  ],
  [
    'all there',
    known,
    ['--on-conflict', 'ignore'],
    0,
    'Nothing was imported: the only record is in the table already, and was left as it is.',
  ],
  ['only blank records', `${header},,,\n,,,\n`, [], 0, 'The file holds no records, so nothing was imported.'],
])('%s', async (_, text, options, code, firstLine) => {
  const file = await tempFile('users.csv', text)
  const args = ['import', file, '--resource', 'users', '--config', referenceConfig, ...options]
  const outcome = await callLading(args, { databaseUrl: database.url })
  expect([outcome.stdout.split('\n', 1)[0], outcome.code]).toEqual([firstLine, code])
  const { rows } = await database.pool.query('select email from users')
  expect(rows).toEqual([{ email: 'ann@example.org' }])
})

test('--json includes it in the report, of a dry run too', async () => {
  const file = await tempFile('users.csv', bad)
  const args = ['import', file, '--resource', 'users', '--config', referenceConfig, '--json', '--dry-run']
  const { code, stdout } = await callLading(args, { databaseUrl: database.url })
  expect([code, JSON.parse(stdout).warnings]).toEqual([
    2,
    [
      {
        code: 'NOTHING_IMPORTED',
        detail: `Nothing would be imported: all 2 records would be rejected. ${reason}`,
      },
    ],
  ])
})
