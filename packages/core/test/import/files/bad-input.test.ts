// Broken files: each gets one clear sentence with a code, and no row is lost or invented.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { importReportOf, LadingError } from '../../../src/index.ts'
import { bytes, importFile, rowsOf } from '../../support.ts'

const header = 'email,name,role,active\n'
const row = (name: string) => `${name}@example.org,${name},reader,true\n`

let database: TestDatabase
beforeEach(async () => {
  database = await createReferenceDatabase()
})
afterEach(() => database.drop())

const names = async () => (await rowsOf(database.pool, 'users', 'name')).map(text => text.split(',')[2])

/** The fault that the import ends with. */
async function faultOf(format: string, source: Uint8Array): Promise<LadingError> {
  try {
    await importFile(database.pool, 'users', format, source)
  } catch (error) {
    if (error instanceof LadingError) return error
    throw error
  }
  throw new Error('The import did not fail')
}

describe('a file that cannot be read to its end', () => {
  test('an empty CSV file', async () => {
    const fault = await faultOf('csv', bytes(''))
    expect(fault).toMatchObject({
      code: 'FILE_EMPTY',
      message: 'The file is empty; a CSV file begins with a header line.',
    })
  })

  test('an empty NDJSON file is valid: it contains no records, like an export of an empty table', async () => {
    const { report } = await importFile(database.pool, 'users', 'ndjson', bytes(''))
    expect(report).toMatchObject({ processed: 0, successful: 0, failed: 0 })
  })

  test('a header without email, with a suggestion for the misspelt name', async () => {
    const fault = await faultOf('csv', bytes('emial,name,role,active\nx@example.org,X,reader,true\n'))
    expect(fault).toMatchObject({
      code: 'HEADER_INVALID',
      message:
        'The header does not fit users: column "email" is missing (did you mean "emial"?). Known columns: id, email, name, role, active, created_at, updated_at.',
    })
    expect(await names()).toEqual([])
  })

  test('a PNG image named .csv', async () => {
    const png = Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      Buffer.alloc(1000, 7),
    ])
    const fault = await faultOf('csv', png)
    expect(fault).toMatchObject({
      code: 'FORMAT_UNSUPPORTED',
      message:
        'The file is a PNG image. It contains no records; export them as CSV from the program that created it.',
    })
  })

  test('an unclosed quote: exactly the records before it are imported, and the report states it', async () => {
    const fault = await faultOf(
      'csv',
      bytes(`${header}${row('a')}${row('b')}"c@example.org,c,reader,true\n${row('d')}`),
    )
    expect(fault.code).toBe('FILE_PARSE_ERROR')
    expect(fault.message).toBe(
      'A quoted cell is never closed, in the record that begins on line 4; correct the quotes there. The records before it were read.',
    )
    expect(importReportOf(fault)).toMatchObject({ processed: 2, successful: 2, failed: 0 })
    expect(await names()).toEqual(['a', 'b'])
  })

  test('bytes that are not UTF-8 after good records', async () => {
    const fault = await faultOf(
      'csv',
      Buffer.concat([bytes(`${header}${row('a')}`), Buffer.from([0xc0, 0xaf])]),
    )
    expect(fault.code).toBe('ENCODING_INVALID')
    expect(fault.message).toContain(`byte ${header.length + row('a').length} `)
    expect(await names()).toEqual(['a'])
  })

  test('a source that fails', async () => {
    const { createImporter } = await import('../../../src/index.ts')
    const { resources } = await import('../../support.ts')
    async function* breaking() {
      yield header + row('a')
      throw new Error('the network went away')
    }
    const running = createImporter({ pool: database.pool, resources }).run({
      resource: 'users',
      format: 'csv',
      source: breaking(),
    })
    await expect(running).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
  })
})

describe('a record that cannot be read, or that the table rejects', () => {
  test('a JSON syntax error on line 3 affects only that line', async () => {
    const line = (name: string) =>
      JSON.stringify({ email: `${name}@example.org`, name, role: 'reader', active: true })
    const { report, errors } = await importFile(
      database.pool,
      'users',
      'ndjson',
      bytes(`${line('a')}\n${line('b')}\n{"email": oops}\n${line('d')}\n`),
    )
    expect(report).toMatchObject({ processed: 4, successful: 3, failed: 1 })
    expect(errors).toEqual([
      {
        rowNumber: 3,
        line: 3,
        recordIdentifier: '',
        field: null,
        code: 'FILE_PARSE_ERROR',
        message: 'The line is not valid JSON; each line must be one whole object.',
        value: '{"email": oops}',
      },
    ])
    expect(await names()).toEqual(['a', 'b', 'd'])
  })

  test('a line that is \\. is a record of one cell, and the rows after it are imported', async () => {
    const { report, errors } = await importFile(
      database.pool,
      'users',
      'csv',
      bytes(`${header}${row('a')}\\.\n${row('b')}`),
    )
    expect(report).toMatchObject({
      processed: 3,
      successful: 2,
      failed: 1,
      errorsByCode: { COLUMN_COUNT: 1 },
    })
    expect(errors[0]).toMatchObject({
      rowNumber: 3,
      line: 3,
      code: 'COLUMN_COUNT',
      message: 'The record has 1 cell where the header has 4.',
      value: '\\.',
    })
    expect(await names()).toEqual(['a', 'b'])
  })

  test('texts that COPY would interpret are stored byte for byte', async () => {
    const texts = ['\\.', '\\N', '\\\\', 'a\\tb', 'a\tb', '\\x41', 'a\\', '\u2028', '\u0085', '\v\f']
    const lines = texts.map((name, index) =>
      JSON.stringify({ email: `${index}@example.org`, name, role: 'reader', active: true }),
    )
    await importFile(database.pool, 'users', 'ndjson', bytes(lines.join('\n')))
    const { rows } = await database.pool.query('select name from users order by email')
    expect(rows.map(({ name }) => name)).toEqual(texts)
  })

  test('a NUL character is an error of its field', async () => {
    const { report, errors } = await importFile(
      database.pool,
      'users',
      'csv',
      bytes(`${header}${row('a')}nul@example.org,n\0l,reader,true\n${row('b')}`),
    )
    expect(report).toMatchObject({ processed: 3, successful: 2, failed: 1 })
    expect(errors[0]).toMatchObject({ rowNumber: 3, field: 'name', code: 'NUL_CHARACTER', value: 'n\0l' })
    expect(await names()).toEqual(['a', 'b'])
  })

  test('a value that a CHECK rejects is reported with the name of the rule, and the other records are imported', async () => {
    await database.pool.query(`alter table users add constraint users_name_not_evil check (name <> 'evil')`)
    const { report, errors } = await importFile(
      database.pool,
      'users',
      'csv',
      bytes(`${header}${row('a')}${row('evil')}${row('b')}`),
    )
    expect(report).toMatchObject({ processed: 3, successful: 2, failed: 1 })
    expect(errors[0]).toMatchObject({
      rowNumber: 3,
      recordIdentifier: 'evil@example.org',
      code: 'CONSTRAINT_VIOLATION',
      field: 'name',
      message: '"name" must not be evil.',
    })
    expect(await names()).toEqual(['a', 'b'])
  })

  test('all broken rules of a record are reported, in the order of its fields', async () => {
    const { errors } = await importFile(
      database.pool,
      'users',
      'csv',
      bytes(`id,email,name,role,active,created_at\nnope,foo@bar,,manager,maybe,yesterday\n`),
    )
    expect(errors.map(({ field, code, value }) => [field, code, value])).toEqual([
      ['id', 'INVALID_UUID', 'nope'],
      ['email', 'INVALID_EMAIL', 'foo@bar'],
      ['name', 'MISSING_FIELD', null],
      ['role', 'INVALID_ROLE', 'manager'],
      ['active', 'INVALID_BOOLEAN', 'maybe'],
      ['created_at', 'INVALID_TIMESTAMP', 'yesterday'],
    ])
  })

  test('an unknown column is named in a warning, and the rest is imported', async () => {
    const { report } = await importFile(
      database.pool,
      'users',
      'csv',
      bytes('email,name,nickname,role,active\na@example.org,a,x,reader,true\n'),
    )
    expect(report.warnings).toEqual([
      {
        code: 'UNKNOWN_COLUMN',
        column: 'nickname',
        detail: 'Column "nickname" is not part of users and was not imported',
      },
    ])
    expect(await names()).toEqual(['a'])
  })
})
