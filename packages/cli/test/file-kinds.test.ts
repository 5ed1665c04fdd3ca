// Files that are recognized by their names: CSV with TAB, in and out, and files that hold no data, with what to do about them.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { chooseFormat, detectInput } from '../src/commands/file-format.ts'
import { findInputFile } from '../src/input-file.ts'
import { callLading, lading, referenceConfig, tempFile, tempFolder } from './support.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createReferenceDatabase()
})
afterAll(() => database.drop())

const run = (...args: string[]) =>
  callLading([...args, '--config', referenceConfig], { databaseUrl: database.url })

test('A17: .tsv and .tab are CSV with TAB, for import and export', async () => {
  const file = (email: string) => `email\tname\trole\tactive\n${email}@example.org\tDoe, A; B\treader\ttrue\n`
  const inputs = [
    await tempFile('users.tsv', file('a')),
    await tempFile('USERS.TAB', file('b')),
    await tempFile('users.tsv.gz', gzipSync(file('c'))),
  ]
  for (const input of inputs) {
    const { code, stdout } = await run('import', input, '--resource', 'users')
    expect([code, stdout]).toEqual([0, expect.stringMatching(/imported +1\n/)])
  }
  const output = join(await tempFolder(), 'users.tsv.gz')
  const options = ['--fields', 'email,name', '--sort', 'email', '--output', output]
  const exported = await lading(['export', '--resource', 'users', ...options, '--config', referenceConfig], {
    databaseUrl: database.url,
  })
  expect(exported.code).toBe(0)
  expect(gunzipSync(await readFile(output)).toString()).toBe(
    'email\tname\na@example.org\tDoe, A; B\nb@example.org\tDoe, A; B\nc@example.org\tDoe, A; B\n',
  )
  const commas = join(await tempFolder(), 'users.tsv')
  await run(
    'export',
    '--resource',
    'users',
    '--fields',
    'email',
    '--limit',
    '1',
    '--delimiter',
    'comma',
    '--output',
    commas,
  )
  expect(await readFile(commas, 'utf8')).toMatch(/^email\n/)
})

test('A17: a workbook is reported as such, whether its format was given or not', async () => {
  const workbook = await tempFile('users.xlsx', Buffer.from('PK\x03\x04'.padEnd(64, '\0'), 'latin1'))
  const sentence =
    'lading: The file is an Excel workbook. Open it, save the sheet as "CSV UTF-8 (comma delimited)", and import that file.\n'
  expect(await run('import', workbook, '--resource', 'users')).toEqual({
    code: 64,
    stdout: '',
    stderr: sentence,
  })
  const reported = await run('import', workbook, '--resource', 'users', '--format', 'csv')
  expect(reported).toMatchObject({ code: 1, stdout: '' })
  expect(reported.stderr).toMatch(
    /^lading: The file is a ZIP archive or an Office document, such as an Excel workbook/,
  )
})

describe('A17: a file whose format cannot be detected is reported as what it is', () => {
  it.each<[name: string, content: string, sentence: RegExp]>([
    ['a.ods', 'PK\x03\x04'.padEnd(64, '\0'), /^The file is an OpenDocument spreadsheet\. /],
    ['a.zip', 'PK\x05\x06', /^The file is a ZIP archive\. Unpack it/],
    ['a.pdf', '%PDF-1.4', /^The file is a PDF document\. /],
    ['a.7z', '7z\xbc\xaf\x27\x1c', /^The file is a 7z archive\. Unpack it/],
    ['a.xml', '<users/>', /^The file is an XML document\. /],
    ['a.html', '<table>', /^The file is a web page\. /],
    ['a.sql', 'insert', /^The file is an SQL script\. /],
    ['a.numbers', 'PK\x03\x04'.padEnd(64, '\0'), /^The file is an Apple Numbers spreadsheet\. /],
    ['a', '\x7fELF\0', /it holds zero bytes/],
    [
      'a.xls',
      'email,name\n',
      /"[^"]*a\.xls" is that of an Excel workbook, but the file is text\. If it is CSV, add --format csv\.$/,
    ],
    [
      'a.txt',
      'email,name\n',
      /"[^"]*a\.txt" does not show the format; add --format csv, --format ndjson or --format json\.$/,
    ],
    ['a', 'email,name\n', /does not show the format; add --format csv, /],
  ])('%s', async (name, content, sentence) => {
    const file = await tempFile(name, Buffer.from(content, 'latin1'))
    const found = detectInput(file, undefined, await findInputFile(file, process))
    await expect(found).rejects.toMatchObject({ exitCode: 64, message: expect.stringMatching(sentence) })
  })

  it.each<[format: string, sentence: string]>([
    [
      'tsv',
      'Unknown format "tsv"; known: csv, ndjson, json. For TAB between the cells, use csv with the delimiter tab.',
    ],
    [
      'xlsx',
      'Unknown format "xlsx"; known: csv, ndjson, json. Files of this kind (an Excel workbook) are neither read nor written.',
    ],
    ['text', 'Unknown format "text"; known: csv, ndjson, json.'],
  ])('--format %s', async (format, message) => {
    const file = await tempFile('a.csv', 'email\n')
    await expect(detectInput(file, format, await findInputFile(file, process))).rejects.toMatchObject({
      exitCode: 64,
      message,
    })
  })
})

it('A17: a file name of a format that cannot be written is rejected', () => {
  expect(chooseFormat('users.tsv.gz', undefined)).toBe('csv')
  expect(() => chooseFormat('users.xlsx', undefined)).toThrow(
    'An export is CSV, NDJSON or JSON, and "users.xlsx" is the name of an Excel workbook. Name the file .csv (with --excel for Excel), .ndjson or .json.',
  )
})

it('a named file leaves standard input alone, which other programs may read', async () => {
  const file = await tempFile('users.csv', 'email\n')
  const found = await findInputFile(file, {
    get stdin() {
      return expect.unreachable('standard input was opened')
    },
  })
  expect((await found.start()).toString()).toBe('email\n')
})
