// lading export --all, and lading import of what it makes.
import { execFileSync } from 'node:child_process'
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { callLading, lading, referenceConfig, tempFile, tempFolder } from './support.ts'

const config = ['--config', referenceConfig]
const at = '2024-01-02T03:04:05Z'
const annId = '00000000-0000-4000-8000-000000000001'
const bobId = '00000000-0000-4000-8000-000000000002'
const articleId = '00000000-0000-4000-9000-000000000001'
let database: TestDatabase

beforeAll(async () => {
  database = await createReferenceDatabase()
  await database.pool.query(
    `insert into users (id, email, name, role, active, created_at, updated_at) values
      ('${annId}', 'ann@example.com', 'Ann, "A"', 'admin', true, '${at}', '${at}'),
      ('${bobId}', 'bob@example.com', 'Bob', 'reader', false, '${at}', '${at}');
     insert into articles (id, slug, title, content, author_id, tags, status, created_at, updated_at) values
      ('${articleId}', 'first', 't', E'two\\nlines', '${annId}', '{a,"b c"}', 'draft', '${at}', '${at}');
     insert into comments (article_id, user_id, body) values ('${articleId}', '${bobId}', 'b')`,
  )
})
afterAll(() => database.drop())

const run = (args: readonly string[], databaseUrl = database.url) =>
  lading([...args, ...config], { databaseUrl })
const call = (args: readonly string[]) => callLading([...args, ...config], { databaseUrl: database.url })

const rowsOf = async ({ pool }: TestDatabase) => {
  const found: unknown[] = []
  for (const table of ['users', 'articles', 'comments']) {
    found.push((await pool.query(`select t::text from ${table} t order by id`)).rows)
  }
  return found
}

/** The entries of an archive, as tar lists them. */
const listed = (file: string) =>
  execFileSync('tar', ['tzf', file], { encoding: 'utf8' }).trimEnd().split('\n')

describe('export --all', () => {
  it.each(['ndjson', 'csv'])('and import of %s fill an empty database with the same rows', async format => {
    const folder = await tempFolder()
    const output = join(folder, 'backup.tar.gz')
    const exported = await run(['export', '--all', '--format', format, '-o', output])
    expect(exported).toEqual({
      code: 0,
      stdout: '',
      stderr: expect.stringMatching(/^lading: 4 rows of 3 resources to \S+ in \d+\.\d\d s\n$/),
    })
    expect(await readdir(folder)).toEqual(['backup.tar.gz'])
    const files = ['users', 'articles', 'comments'].map(name => `${name}.${format}`)
    expect(listed(output)).toEqual(['manifest.json', ...files])

    const empty = await createReferenceDatabase()
    const { code, stdout, stderr } = await run(['import', output], empty.url)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const places = ['users', 'articles', 'comments'].map(name =>
      stdout.indexOf(`backup.tar.gz into ${name}\n`),
    )
    expect(places.every((place, index) => place > (places[index - 1] ?? -1))).toBe(true)
    expect(await rowsOf(empty)).toEqual(await rowsOf(database))
    await empty.drop()
  })

  it('writes to standard output if that is not a terminal', async () => {
    const folder = await tempFolder()
    const output = join(folder, 'b.tar.gz')
    await run(['export', '--all', '-o', output])
    const both = execFileSync('sh', ['-c', `tar xzf ${output} -O users.ndjson`], { encoding: 'utf8' })
    expect(
      both
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line).name),
    ).toEqual(['Ann, "A"', 'Bob'])
    const printed = await run(['export', 'users', 'articles'])
    expect(printed.stderr).toMatch(/^lading: 3 rows of 2 resources in /)
    expect(printed.stdout.length).toBeGreaterThan(200)
  })

  it('takes the named resources, and one resource into a bundle file', async () => {
    const folder = await tempFolder()
    await run(['export', 'articles', 'users', '-o', join(folder, 'two.tgz')])
    expect(listed(join(folder, 'two.tgz'))).toEqual(['manifest.json', 'users.ndjson', 'articles.ndjson'])
    await run(['export', '--resource', 'users', '-o', join(folder, 'one.tar.gz')])
    expect(listed(join(folder, 'one.tar.gz'))).toEqual(['manifest.json', 'users.ndjson'])
    const plain = await run(['export', 'users', '--format', 'csv', '--fields', 'email'])
    expect(plain.stdout).toBe('email\nann@example.com\nbob@example.com\n')
  })

  it.concurrent.each([
    [['--all', 'users'], '--all means every resource; leave out "users", or --all.'],
    [['--all', '--resource', 'users'], '--all means every resource; leave out "users", or --all.'],
    [
      ['users', '--resource', 'articles'],
      'Name the resources either as arguments or, if it is one, with --resource.',
    ],
    [[], 'No resource was given: add --resource users, or --all for every resource in one bundle.'],
    [
      ['users', 'user', '-o', 'x.tar.gz'],
      'Unknown resource "user"; did you mean "users"? Known: users, articles, comments.',
    ],
    [['users', 'users', '-o', 'x.tar.gz'], 'The option "resources" names "users" twice.'],
    [['--all', '-o', 'x.csv'], 'A bundle is a .tar.gz file; the name "x.csv" must end in .tar.gz or .tgz.'],
    [
      ['--all', '-o', 'x.tgz', '--format', 'json'],
      'The option "format" of a bundle must be one of ndjson, csv.',
    ],
    [
      ['--all', '-o', 'x.tgz', '--filter', 'id=1'],
      '--filter cannot be used with several resources: a bundle holds whole resources.',
    ],
    [
      ['--all', '-o', 'x.tgz', '--limit', '1'],
      '--limit cannot be used with several resources: a bundle holds whole resources.',
    ],
    [
      ['--all', '-o', 'x.tgz', '--no-header'],
      '--no-header cannot be used with several resources: a bundle holds whole resources.',
    ],
  ])('refuses %j', async (args, sentence) => {
    expect(await call(['export', ...args])).toEqual({ code: 64, stdout: '', stderr: `lading: ${sentence}\n` })
  })

  it('leaves no file when a value cannot be printed', async () => {
    const broken = await createReferenceDatabase()
    await broken.pool.query(
      `insert into users (email, name, role, active, created_at) values ('a@example.com', 'A', 'reader', true, 'infinity')`,
    )
    const folder = await tempFolder()
    const { code, stderr } = await run(['export', '--all', '-o', join(folder, 'b.tar.gz')], broken.url)
    expect({ code, files: await readdir(folder) }).toEqual({ code: 1, files: [] })
    expect(stderr).toMatch(/^lading: The value of "created_at" in row .* cannot be printed/)
    await broken.drop()
  })
})

describe('import of a bundle', () => {
  const exported = async () => {
    const output = join(await tempFolder(), 'backup.tar.gz')
    expect((await run(['export', '--all', '-o', output])).code).toBe(0)
    return output
  }

  it('reports the rejected records of each resource, and exits with 2', async () => {
    const output = await exported()
    const before = await rowsOf(database)
    const { code, stdout } = await run(['import', output])
    expect(code).toBe(2)
    expect(stdout).toContain('into users\n\n  rows read  2\n  imported   0\n  rejected   2\n')
    expect(stdout).toContain('into articles\n\n  rows read  1\n  imported   0\n  rejected   1\n')
    expect(await rowsOf(database)).toEqual(before)
    const ignored = await run(['import', output, '--on-conflict', 'ignore', '--json'])
    const { createdAt, imports } = JSON.parse(ignored.stdout)
    expect(createdAt).toMatch(/^\d{4}-.*Z$/)
    expect(imports.map((one: Record<string, unknown>) => [one.resource, one.ignored, one.failed])).toEqual([
      ['users', 2, 0],
      ['articles', 1, 0],
      ['comments', 1, 0],
    ])
    expect(ignored.code).toBe(0)
  })

  it('reads standard input if the format is given', async () => {
    const empty = await createReferenceDatabase()
    const input = await readFile(await exported())
    const args = ['import', '-', '--format', 'bundle', ...config]
    expect(await lading(args, { databaseUrl: empty.url, input })).toMatchObject({ code: 0, stderr: '' })
    expect(await rowsOf(empty)).toEqual(await rowsOf(database))
    await empty.drop()
  })

  it('stops at the first resource that cannot be read completely', async () => {
    const { code, stdout, stderr } = await run(['import', await exported(), '--max-errors', '1'])
    expect(code).toBe(1)
    expect(stdout).toContain('into users (stopped before the end)')
    expect(stdout).not.toContain('into articles')
    expect(stderr).toMatch(/^lading: /)
  })

  it('changes nothing if the file is damaged or not a bundle', async () => {
    const empty = await createReferenceDatabase()
    const output = await exported()
    const bytes = await readFile(output)
    await truncate(output, bytes.length - 40)
    const cut = await run(['import', output], empty.url)
    expect(cut).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^lading: The compressed file is damaged/),
    })
    const fake = await tempFile('fake.tar.gz', 'no bundle')
    expect((await run(['import', fake], empty.url)).stderr).toContain('it is not gzip data')
    // Found out by its first bytes under any name.
    const renamed = await tempFile('backup.bin', bytes)
    expect(await run(['import', renamed], empty.url)).toMatchObject({ code: 0 })
    await empty.drop()
  })

  it.each([
    [
      ['--resource', 'users'],
      'A bundle names its resources itself; leave out --resource, or unpack it and import one file.',
    ],
    [
      ['--rejects', 'r.csv'],
      '--rejects works with one resource only; unpack the bundle, and import its files one by one.',
    ],
    [
      ['--errors', 'e.csv'],
      '--errors works with one resource only; unpack the bundle, and import its files one by one.',
    ],
    [
      ['--dry-run'],
      'The option --dry-run cannot be used with a bundle: each file of a bundle is a separate import; unpack it and import its files one by one.',
    ],
    [
      ['--atomic'],
      'The option --atomic cannot be used with a bundle: each file of a bundle is a separate import; unpack it and import its files one by one.',
    ],
    [
      ['--delimiter', 'tab'],
      'The option --delimiter cannot be used with a bundle: its manifest says how to read its files.',
    ],
  ])('refuses %j', async (options, sentence) => {
    const file = await tempFile('x.tar.gz', '')
    expect(await call(['import', file, ...options])).toEqual({
      code: 64,
      stdout: '',
      stderr: `lading: ${sentence}\n`,
    })
  })

  it('asks for the resource if the file is not a bundle', async () => {
    const file = join(await tempFolder(), 'users.csv')
    await writeFile(file, 'email\n')
    expect(await run(['import', file])).toEqual({
      code: 64,
      stdout: '',
      stderr:
        'lading: No resource was given: add --resource users, for the resource that the rows belong to; only a bundle (.tar.gz) names its own.\n',
    })
  })
})
