// lading import with settings: the effect on the records, the output, and the rejects.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { callLading, type Outcome, referenceConfig, tempFile, tempFolder } from './support.ts'

const header = 'email,name,role,active\n'
const ann = 'ann@example.com,Ann,admin,true\n'
const bob = 'bob@example.com,Bob,reader,false\n'
const wrong = 'nobody,Cleo,reader,true\n'

let database: TestDatabase
beforeEach(async () => {
  database = await createReferenceDatabase()
})
afterEach(() => database.drop())

async function importUsers(
  content: string | Uint8Array,
  options: readonly string[],
  name = 'users.csv',
): Promise<Outcome> {
  const file = await tempFile(name, content)
  const args = ['import', file, '--resource', 'users', ...options, '--config', referenceConfig]
  const outcome = await callLading(args, { databaseUrl: database.url })
  const stdout = outcome.stdout.replaceAll(file, 'FILE').replace(/seconds( +).*/, 'seconds$1…')
  return { ...outcome, stdout }
}

async function names(): Promise<readonly string[]> {
  const { rows } = await database.pool.query<{ name: string }>('select name from users order by name')
  return rows.map(row => row.name)
}

it('--on-conflict reports inserted, updated and ignored separately', async () => {
  await importUsers(header + ann, [])
  const { code, stdout } = await importUsers(header + ann.replace('Ann', 'Anna') + bob, [
    '--on-conflict',
    'update',
  ])
  expect(stdout).toBe(`FILE into users

  rows read  2
  inserted   1
  updated    1
  ignored    0
  rejected   0
  seconds    …
`)
  expect(code).toBe(0)
  expect(await names()).toEqual(['Anna', 'Bob'])
})

it('--dry-run reports the result that the import would have, and writes nothing', async () => {
  const { code, stdout } = await importUsers(header + ann + wrong, ['--dry-run'])
  expect(stdout).toContain(`FILE into users (dry run: nothing was written)

  rows read          2
  would be imported  1
  would be rejected  1
  seconds            …
`)
  expect(code).toBe(2)
  expect(await names()).toEqual([])
})

it('--max-errors stops the import, and reports how many records were not reached', async () => {
  const { code, stdout, stderr } = await importUsers(header + ann + wrong + bob + bob, ['--max-errors', '1'])
  expect(stdout).toContain('FILE into users (stopped before the end)')
  expect(stdout).toMatch(/\n {2}rejected {5}1\n {2}unprocessed {2}2\n/)
  expect(stderr).toContain('1 row was imported before that and stays; 1 was rejected; 2 were not processed.')
  expect(code).toBe(1)
  expect(await names()).toEqual(['Ann'])
})

it('--atomic keeps nothing of a file with a rejected record', async () => {
  const { code, stderr } = await importUsers(header + ann + wrong, ['--atomic'])
  expect(stderr).toContain('1 was rejected; 1 was not processed.')
  expect(code).toBe(1)
  expect(await names()).toEqual([])
})

it('--rejects writes a file that can be imported after correction', async () => {
  const target = join(await tempFolder(), 'mend.csv')
  const first = await importUsers(header + ann + wrong, ['--rejects', target])
  expect(first.code).toBe(2)
  const rejects = await readFile(target, 'utf8')
  expect(rejects).toBe(
    `lading_error,${header}"INVALID_EMAIL: ""email"" must be an e-mail address, such as ada@example.org",${wrong}`,
  )
  const second = await importUsers(rejects.replace('nobody', 'cleo@example.com'), [])
  expect(second.code).toBe(0)
  expect(await names()).toEqual(['Ann', 'Cleo'])
})

it('--rejects that cannot be written ends the import with its name', async () => {
  const target = join(await tempFolder(), 'no', 'such', 'folder.csv')
  const { code, stderr } = await importUsers(header + wrong, ['--rejects', target])
  expect(stderr).toContain(`Cannot write "${target}"`)
  expect(code).toBe(1)
})

it('reads names, delimiters and encodings of other programs', async () => {
  const text = 'E-Mail;name;role;active;Note\nzoe@example.com;Zoë;reader;true;x\n'
  const options = ['--mapping', 'E-Mail=email', '--delimiter', 'semicolon', '--encoding', 'latin1']
  const { code, stdout } = await importUsers(Buffer.from(text, 'latin1'), options)
  expect(stdout).toContain('Column "Note" is not part of users and was not imported')
  expect(code).toBe(0)
  expect(await names()).toEqual(['Zoë'])
  const strict = await importUsers(Buffer.from(text, 'latin1'), [...options, '--unknown-columns', 'error'])
  expect(strict.stderr).toContain('"Note"')
  expect(strict.code).toBe(1)
})

it('reads compressed files and JSON arrays by their names', async () => {
  expect((await importUsers(gzipSync(header + ann), [], 'users.csv.gz')).code).toBe(0)
  const array = '[{"email":"bob@example.com","name":"Bob","role":"reader","active":true}]'
  expect((await importUsers(array, [], 'users.json')).code).toBe(0)
  expect(
    (await importUsers(gzipSync(array.replace('bob', 'cy').replace('Bob', 'Cy')), [], 'a.json.gz')).code,
  ).toBe(0)
  expect(await names()).toEqual(['Ann', 'Bob', 'Cy'])
})

it('--max-record-bytes accepts longer records than the default, or rejects shorter ones', async () => {
  const long = JSON.stringify({ email: 'ann@example.com', name: 'Ann', role: 'admin', active: true })
  const padded = long.replace('{', `{${' '.repeat(1_100_000)}`)
  expect((await importUsers(padded, [], 'users.ndjson')).code).toBe(2)
  expect(await names()).toEqual([])
  expect((await importUsers(padded, ['--max-record-bytes', '2000000'], 'users.ndjson')).code).toBe(0)
  expect(await names()).toEqual(['Ann'])
  expect((await importUsers(header + bob, ['--max-record-bytes', '20'])).stderr).toContain(
    'more than 20 bytes',
  )
  const wrongly = await importUsers(header + bob, ['--max-record-bytes', '1MB'])
  expect(wrongly.stderr).toContain(
    '--max-record-bytes must be a whole number from 1 to 268435456; it is "1MB".',
  )
  expect(wrongly.code).toBe(64)
})
