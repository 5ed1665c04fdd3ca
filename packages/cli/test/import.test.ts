// lading import: what it prints about a file and how it ends.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import {
  callLading,
  lading,
  type Outcome,
  outcomeOf,
  referenceConfig,
  startLading,
  tempFile,
} from './support.ts'

const header = 'email,name,role,active\n'
const cleanFile = `${header}ann@example.com,Ann,admin,true\nbob@example.com,Bob,reader,false\n`
const faultyFile = `email,name,role,active,nickname
ann@example.com,Ann,admin,true,a
not-an-email,Bob,reader,true,b
cleo@example.com,,reader,true,c
dan@example.com,Dan,king,maybe,d
`
let database: TestDatabase

beforeAll(async () => {
  database = await createReferenceDatabase()
})
afterEach(async () => {
  await database.pool.query('delete from users')
})
afterAll(() => database.drop())

function importUsers(file: string, ...options: string[]): Promise<Outcome> {
  const args = ['import', file, '--resource', 'users', ...options, '--config', referenceConfig]
  return callLading(args, { databaseUrl: database.url })
}

function importInProcess(file: string, options: readonly string[] = [], input = ''): Promise<Outcome> {
  const args = ['import', file, '--resource', 'users', ...options, '--config', referenceConfig]
  return lading(args, { databaseUrl: database.url, input })
}

async function storedUsers(): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>('select count(*)::int as count from users')
  return rows[0]?.count ?? Number.NaN
}

/** Times differ from run to run. */
function withoutTimes(text: string): string {
  return text.replace(/seconds .*/, 'seconds …')
}

describe('a file that can be read to its end', () => {
  it('exits with 0 if every record was imported', async () => {
    const file = await tempFile('users.csv', cleanFile)
    const { code, stdout, stderr } = await importUsers(file)
    expect(withoutTimes(stdout)).toBe(`${file} into users

  rows read  2
  imported   2
  rejected   0
  seconds …
`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(await storedUsers()).toBe(2)
  })

  it('exits with 2 and shows the errors if records were rejected', async () => {
    const file = await tempFile('users.csv', faultyFile)
    const { code, stdout, stderr } = await importInProcess(file)
    expect(withoutTimes(stdout)).toBe(`${file} into users

  rows read  4
  imported   1
  rejected   3
  seconds …

Errors by code
  CODE             COUNT  EXAMPLE
  INVALID_EMAIL        1  row 3 "not-an-email": "email" must be an e-mail address, such as ada@example.org.
  MISSING_FIELD        1  row 4: "name" is required.
  INVALID_ROLE         1  row 5 "king": "role" must be one of admin, author, reader.
  INVALID_BOOLEAN      1  row 5 "maybe": "active" must be true or false.

All errors
  ROW  LINE  FIELD   VALUE           MESSAGE
    3     3  email   "not-an-email"  "email" must be an e-mail address, such as ada@example.org.
    4     4  name                    "name" is required.
    5     5  role    "king"          "role" must be one of admin, author, reader.
    5     5  active  "maybe"         "active" must be true or false.

Warnings
  Column "nickname" is not part of users and was not imported
`)
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' })
  })

  it('shows the first ten errors and says how many more there are', async () => {
    const lines = Array.from({ length: 13 }, (_, index) => `u${index}@example.com,U,king,true\n`)
    const { stdout } = await importUsers(await tempFile('users.csv', header + lines.join('')))
    expect(stdout).toContain('The first 10 errors')
    expect(stdout).toContain('… and 3 more; --errors FILE writes all of them.')
    expect(stdout).toMatch(/INVALID_ROLE +13 {2}row 2/)
  })

  it('escapes control characters of a file instead of sending them to the terminal', async () => {
    const { stdout } = await importUsers(
      await tempFile('users.csv', `${header}\x1b[2m@,U\x9b,\u202eking,true\n`),
    )
    expect(stdout).toContain(String.raw`"\u001b[2m@"`)
    expect(stdout).toContain(String.raw`"\u202eking"`)
    expect([...stdout].every(character => character === '\n' || /\P{Cc}/u.test(character))).toBe(true)
  })

  it('escapes invisible characters of a value, except those that its readers need', async () => {
    const roles = ['king\u200b', '\u00a0king', 'king\u200d', '👩\u200d🚀', 'می\u200cخواهم', 'a b']
    const lines = roles.map((role, index) => `u${index}@example.com,U,${role},true\n`)
    const { stdout } = await importUsers(await tempFile('users.csv', header + lines.join('')))
    const shown = [...stdout.matchAll(/^ +\d+ +\d+ +role +(".*?") {2}/gm)].map(([, value]) => value)
    expect(shown).toEqual([
      String.raw`"king\u200b"`,
      String.raw`"\u00a0king"`,
      String.raw`"king\u200d"`,
      '"👩\u200d🚀"',
      '"می\u200cخواهم"',
      '"a b"',
    ])
  })

  it('reads standard input when the file is -', async () => {
    const json = '{"email":"eve@example.com","name":"Eve","role":"author","active":true}\n'
    const { code, stdout } = await importInProcess('-', ['--format', 'ndjson'], json)
    expect(stdout).toContain('standard input into users')
    expect(code).toBe(0)
    expect(await storedUsers()).toBe(1)
  })

  it('prints the report as one JSON document with --json', async () => {
    const { code, stdout, stderr } = await importUsers(await tempFile('users.csv', faultyFile), '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      resource: 'users',
      processed: 4,
      successful: 1,
      failed: 3,
      errorsByCode: { INVALID_EMAIL: 1, MISSING_FIELD: 1, INVALID_ROLE: 1, INVALID_BOOLEAN: 1 },
      warnings: [{ code: 'UNKNOWN_COLUMN' }],
    })
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' })
  })
})

describe('a file that cannot be read to its end', () => {
  const cases: readonly [what: string, name: string, content: string | Uint8Array, sentence: string][] = [
    ['is empty', 'users.csv', '', 'The file is empty; a CSV file begins with a header line.'],
    [
      'lacks a column',
      'users.csv',
      'name,role,active\nAnn,admin,true\n',
      'The header does not fit users: column "email" is missing. Known columns: id, email, name, role, active, created_at, updated_at.',
    ],
    [
      'is a PNG image',
      'users.csv',
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
      'The file is a PNG image. It contains no records; export them as CSV from the program that created it.',
    ],
  ]
  it.each(cases)('%s: one sentence, and nothing imported', async (_what, name, content, sentence) => {
    const outcome = await importUsers(await tempFile(name, content))
    expect(outcome).toEqual({
      code: 1,
      stdout: '',
      stderr: `lading: ${sentence}\nlading: Nothing was imported.\n`,
    })
  })

  it('reports what was committed before an unclosed quote', async () => {
    const lines = Array.from({ length: 6000 }, (_, index) => `u${index}@example.com,U,reader,true\n`)
    const content = `${header}${lines.join('')}bad,X,reader,true\nx@example.com,"open,reader,true\n`
    const { code, stdout, stderr } = await importUsers(await tempFile('users.csv', content))
    expect(stderr).toBe(
      'lading: A quoted cell is never closed, in the record that begins on line 6003; correct the quotes there. The records before it were read.\n' +
        'lading: 6,000 rows were imported before that and stay; 1 was rejected.\n',
    )
    expect(stdout).toContain('into users (stopped before the end)')
    expect(code).toBe(1)
    expect(await storedUsers()).toBe(6000)
  })
})

it('stops between two batches at SIGINT and keeps the committed rows', async () => {
  const args = ['import', '-', '--format', 'csv', '--resource', 'users', '--config', referenceConfig]
  const child = startLading(args, { databaseUrl: database.url })
  const outcome = outcomeOf(child)
  const lines = Array.from({ length: 5001 }, (_, index) => `u${index}@example.com,U,reader,true\n`)
  // The input stays open, so that the import waits for more when the first batch is in.
  child.stdin?.write(header + lines.join(''))
  await expect.poll(storedUsers, { timeout: 20_000 }).toBeGreaterThan(0)
  child.kill('SIGINT')

  const { code, stdout, stderr } = await outcome
  expect(stderr).toBe(
    'lading: Stopping after the current batch; once more stops at once.\n' +
      'lading: The import was cancelled; what had been imported before stays.\n' +
      'lading: 4,000 rows were imported before that and stay.\n',
  )
  expect(stdout).toContain('imported   4,000')
  expect(code).toBe(130)
  expect(await storedUsers()).toBe(4000)
})

it('ends at once at the second SIGINT, even while the database keeps it waiting', async () => {
  const holder = await database.pool.connect()
  await holder.query('begin; lock table users')
  const file = await tempFile('users.csv', cleanFile)
  const args = ['import', file, '--resource', 'users', '--config', referenceConfig]
  const child = startLading(args, { databaseUrl: database.url })
  const outcome = outcomeOf(child)
  const waiting = `select 1 from pg_locks join pg_stat_activity using (pid)
    where not granted and application_name = 'lading cli' and datname = current_database()`
  await expect.poll(async () => (await database.pool.query(waiting)).rowCount, { timeout: 20_000 }).toBe(1)
  child.stderr?.once('data', () => child.kill('SIGINT'))
  child.kill('SIGINT')

  const { code, stdout, stderr } = await outcome
  expect({ code, stdout }).toEqual({ code: 130, stdout: '' })
  expect(stderr).toBe(
    'lading: Stopping after the current batch; once more stops at once.\n' +
      'lading: The import was cancelled; what had been imported before stays.\n' +
      'lading: Nothing was imported.\n',
  )
  holder.release(true)
})
