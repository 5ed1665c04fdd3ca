// lading export: to standard output and to files, whole or not at all.
import { once } from 'node:events'
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { lading, outcomeOf, referenceConfig, startLading, tempFolder } from './support.ts'

const at = '2024-01-02T03:04:05Z'
const annId = '00000000-0000-4000-8000-000000000001'
const bobId = '00000000-0000-4000-8000-000000000002'
let database: TestDatabase

beforeAll(async () => {
  database = await createReferenceDatabase()
  await database.pool.query(
    `insert into users (id, email, name, role, active, created_at, updated_at) values
      ('${annId}', 'ann@example.com', 'Ann', 'admin', true, '${at}', '${at}'),
      ('${bobId}', 'bob@example.com', 'Bob', 'reader', false, '${at}', '${at}')`,
  )
  await database.pool.query(
    `insert into articles (slug, title, content, author_id, tags, status) values
      ('no-tags', 't', 'c', '${annId}', null, 'draft'), ('tags', 't', 'c', '${annId}', '{a}', 'draft')`,
  )
})
afterAll(() => database.drop())

const config = ['--config', referenceConfig]

function exportUsers(...options: string[]) {
  return exportOf('users', ...options)
}

function exportOf(resource: string, ...options: string[]) {
  return lading(['export', '--resource', resource, ...options, ...config], { databaseUrl: database.url })
}

const titleLine = 'id,email,name,role,active,created_at,updated_at\n'
const annLine = `${annId},ann@example.com,Ann,admin,true,2024-01-02T03:04:05Z,2024-01-02T03:04:05Z\n`
const bobLine = `${bobId},bob@example.com,Bob,reader,false,2024-01-02T03:04:05Z,2024-01-02T03:04:05Z\n`

describe('to standard output', () => {
  it('prints the file there, and the summary on standard error', async () => {
    const { code, stdout, stderr } = await exportUsers('--format', 'csv')
    expect(stdout).toBe(titleLine + annLine + bobLine)
    expect(stderr).toMatch(/^lading: 2 rows of users in \d+\.\d\d s\n$/)
    expect(code).toBe(0)
  })

  it('prints the rows that match all filters', async () => {
    const { stdout } = await exportUsers('--format', 'csv', '--filter', 'role=admin', 'active=true')
    expect(stdout).toBe(titleLine + annLine)
    const none = await exportUsers('--format', 'csv', '--filter', 'role=admin', '--filter', 'active=false')
    expect(none.stdout).toBe(titleLine)
  })

  it('reads a filter without a value as null', async () => {
    const { stdout } = await exportOf('articles', '--format', 'ndjson', '--filter', 'tags=')
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line).slug),
    ).toEqual(['no-tags'])
  })

  it.each([
    [['--filter', 'role=admin', 'role=reader', '--sort', '-email'], 'Bob\nAnn\n'],
    [['--filter', 'email.gte=b'], 'Bob\n'],
    [['--filter', 'created_before=2024-01-02T03:04:05Z'], ''],
    [['--filter', 'created_at[lte]=2024-01-02T03:04:05Z', '--limit', '1'], 'Ann\n'],
  ])('prints what %j selects', async (options, names) => {
    const { stdout } = await exportUsers('--format', 'csv', '--fields', 'name', '--no-header', ...options)
    expect(stdout).toBe(names)
  })

  it('ends quietly when its reader stops reading', async () => {
    await database.pool.query(
      `insert into comments (article_id, user_id, body)
       select id, author_id, repeat('x', 100) from articles, generate_series(1, 10000)`,
    )
    const args = ['export', '--resource', 'comments', '--format', 'csv', ...config]
    const child = startLading(args, { databaseUrl: database.url })
    child.stdout?.once('data', () => child.stdout?.destroy())
    let stderr = ''
    child.stderr?.on('data', chunk => {
      stderr += chunk
    })
    const [code] = await once(child, 'close')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })
})

describe('to a file', () => {
  it('takes the format from the file name and leaves nothing else in the folder', async () => {
    const folder = await tempFolder()
    const output = join(folder, 'users.csv')
    const { code, stdout, stderr } = await exportUsers('--output', output)
    expect(await readFile(output, 'utf8')).toBe(titleLine + annLine + bobLine)
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).toContain(`lading: 2 rows of users to ${output} in `)
    expect(await readdir(folder)).toEqual(['users.csv'])
  })

  it('writes the requested CSV dialect', async () => {
    const output = join(await tempFolder(), 'users.csv')
    const shape = ['--delimiter', 'semicolon', '--excel']
    await exportUsers('--output', output, '--fields', 'email,role', '--sort', 'role', ...shape)
    expect(await readFile(output, 'utf8')).toBe(
      '\ufeffemail;role\r\nann@example.com;admin\r\nbob@example.com;reader\r\n',
    )
  })

  it('compresses a file whose name ends with .gz, which can be imported like any other', async () => {
    const output = join(await tempFolder(), 'users.csv.gz')
    await exportUsers('--output', output, '--limit', '1')
    expect(gunzipSync(await readFile(output)).toString()).toBe(titleLine + annLine)
    const again = await lading(
      ['import', output, '--resource', 'users', '--on-conflict', 'ignore', ...config],
      { databaseUrl: database.url },
    )
    expect(again.code).toBe(0)
  })

  it('keeps the permissions of the file that it replaces', async () => {
    const output = join(await tempFolder(), 'users.csv')
    await writeFile(output, 'older')
    await chmod(output, 0o600)
    await exportUsers('--output', output)
    expect((await stat(output)).mode & 0o777).toBe(0o600)
  })

  it('leaves no file if the export fails midway', async () => {
    const broken = await createReferenceDatabase()
    // The last row cannot be printed, when the rows before it are on their way.
    await broken.pool.query(
      `insert into users (id, email, name, role, active, created_at)
       select lpad(to_hex(n), 32, '0')::uuid, n || '@example.com', 'N', 'reader', true,
         case n when 20000 then 'infinity' else now() end from generate_series(1, 20000) n`,
    )
    const folder = await tempFolder()
    const to = (...options: string[]) =>
      lading(['export', '--resource', 'users', ...options, ...config], { databaseUrl: broken.url })
    const failed = await to('--output', join(folder, 'users.csv'))
    expect(failed.stderr).toMatch(/^lading: The value of "created_at" in row .* cannot be printed: .*\.\n$/)
    expect({ code: failed.code, stdout: failed.stdout }).toEqual({ code: 1, stdout: '' })
    expect(await readdir(folder)).toEqual([])

    const printed = await to('--format', 'csv')
    expect(printed.stderr).toBe(failed.stderr)
    expect(printed.code).toBe(1)
    await broken.drop()
  })
})

it.concurrent.each([
  [
    ['--format', 'csv', '--filter', 'rol=admin'],
    '"rol" is not a field that users can be filtered by; did you mean "role"? Known: id, email, name, role, active, created_at, updated_at.',
  ],
  [['--format', 'csv', '--filter', 'active=perhaps'], 'The filter on "active" must be true or false.'],
  [
    ['--format', 'csv', '--limit', '0'],
    'The option "limit" must be a whole number from 1 to 9007199254740991.',
  ],
  [
    ['--format', 'csv', '--sort', 'nam'],
    '"nam" is not a field that users can be sorted by; did you mean "name"? Known: id, email, name, role, active, created_at, updated_at.',
  ],
  [['--format', 'ndjson', '--no-header'], 'The option "header" is for csv only; leave it out for ndjson.'],
  [['--format', 'csv', '--compression', 'zip'], 'The option "compression" must be one of none, gzip.'],
])('refuses %j', async (options, sentence) => {
  expect(await exportUsers(...options)).toEqual({ code: 64, stdout: '', stderr: `lading: ${sentence}\n` })
})

it('ends at SIGINT while it waits for the database', async () => {
  const holder = await database.pool.connect()
  await holder.query('begin; lock table users')
  const child = startLading(['export', '--resource', 'users', '--format', 'csv', ...config], {
    databaseUrl: database.url,
  })
  const outcome = outcomeOf(child)
  const waiting = `select 1 from pg_locks join pg_stat_activity using (pid)
    where not granted and application_name = 'lading cli' and datname = current_database()`
  await expect.poll(async () => (await database.pool.query(waiting)).rowCount, { timeout: 20_000 }).toBe(1)
  child.kill('SIGINT')
  expect(await outcome).toEqual({ code: 130, stdout: '', stderr: 'lading: Interrupted.\n' })
  holder.release(true)
})
