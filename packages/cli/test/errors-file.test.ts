// --errors: every error of every record, as CSV that a spreadsheet may open.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { RecordError } from '@lading/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { csvLine } from '../src/errors-file.ts'
import { callLading, referenceConfig, tempFile, tempFolder } from './support.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createReferenceDatabase()
})
afterAll(() => database.drop())

function importUsers(file: string, errors: string) {
  const args = ['import', file, '--resource', 'users', '--errors', errors, '--config', referenceConfig]
  return callLading(args, { databaseUrl: database.url })
}

const title = 'row_number,line,field_name,error_code,error_message,field_value,record_identifier\n'

it('holds every error, quoted where it must be, and replaces an older file', async () => {
  const file = await tempFile(
    'users.csv',
    'email,name,role,active\n=cmd|x,"Ann\n""A""",reader,true\nbob@example.com,,"king, or queen",true\n',
  )
  const errors = join(dirname(file), 'errors.csv')
  await writeFile(errors, 'older')
  const { code } = await importUsers(file, errors)
  expect(code).toBe(2)
  expect(await readFile(errors, 'utf8')).toBe(
    `${title}2,2,email,INVALID_EMAIL,"""email"" must be an e-mail address, such as ada@example.org.",'=cmd|x,'=cmd|x
3,4,name,MISSING_FIELD,"""name"" is required.",,bob@example.com
3,4,role,INVALID_ROLE,"""role"" must be one of admin, author, reader.","king, or queen",bob@example.com
`,
  )
  expect(await readdir(dirname(file))).toEqual(['errors.csv', 'users.csv'])
})

it('holds more errors than the report', async () => {
  const lines = Array.from({ length: 2500 }, (_, index) => `u${index}@example.com,U,king,true\n`)
  const file = await tempFile('users.csv', `email,name,role,active\n${lines.join('')}`)
  const errors = join(dirname(file), 'errors.csv')
  await importUsers(file, errors)
  expect((await readFile(errors, 'utf8')).trimEnd().split('\n')).toHaveLength(2501)
})

it('has only its header line if no record was rejected', async () => {
  const file = await tempFile('users.csv', 'email,name,role,active\n')
  const errors = join(dirname(file), 'errors.csv')
  expect((await importUsers(file, errors)).code).toBe(0)
  expect(await readFile(errors, 'utf8')).toBe(title)
})

it('leaves an older file unchanged if the import does not start', async () => {
  const file = await tempFile('users.csv', '')
  const errors = join(dirname(file), 'errors.csv')
  await writeFile(errors, 'older')
  expect((await importUsers(file, errors)).code).toBe(1)
  expect(await readFile(errors, 'utf8')).toBe('older')
  expect(await readdir(dirname(file))).toEqual(['errors.csv', 'users.csv'])
})

it('may not be the imported file', async () => {
  const file = await tempFile('users.csv', 'email,name,role,active\n')
  const { code, stderr } = await importUsers(file, file)
  expect(stderr).toBe('lading: --errors names the file that is imported, which would overwrite it.\n')
  expect(code).toBe(64)
})

it('a file that cannot be written is reported before anything is imported', async () => {
  const folder = await tempFolder()
  await mkdir(join(folder, 'sub'))
  const file = await tempFile('users.csv', 'email,name,role,active\nzoe@example.com,Zoe,reader,true\n')
  expect(await importUsers(file, join(folder, 'sub'))).toEqual({
    code: 1,
    stdout: '',
    stderr: `lading: Cannot write "${join(folder, 'sub')}": it is a folder.\n`,
  })
})

it.each(['=1+1', '+1', '-1', '@x', '\tx', '\rx', '\nx'])('puts an apostrophe before %j', value => {
  const error: RecordError = {
    rowNumber: 2,
    line: 2,
    recordIdentifier: '',
    field: null,
    code: 'X',
    message: 'm',
    value,
  }
  const cell = /[\r\n]/.test(value) ? `"'${value}"` : `'${value}`
  expect(csvLine(error)).toBe(`2,2,,X,m,${cell},\n`)
})
