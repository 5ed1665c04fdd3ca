// Files of every kind through the whole import: how they are read, how their columns find fields, how they end.
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import {
  createImporter,
  defineResource,
  importReportOf,
  type Resource,
  type RunOptions,
  Type,
} from '../../../src/index.ts'

const people = defineResource('people', {
  table: 'people',
  schema: Type.Object({
    id: Type.Integer(),
    name: Type.String(),
    city: Type.Optional(Type.String()),
  }),
  key: ['id'],
  fields: { name: { aliases: ['full name'] } },
})

let database: TestDatabase
beforeAll(async () => {
  database = await createReferenceDatabase()
  await database.pool.query('create table people (id int primary key, name text not null, city text)')
})
beforeEach(async () => {
  await database.pool.query('delete from people')
})
afterAll(() => database.drop())

type Settings = Omit<RunOptions, 'resource' | 'source'>

async function run(bytes: Buffer, settings: Settings) {
  const importer = createImporter<Resource>({ pool: database.pool, resources: [people] })
  const source = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, index) =>
    bytes.subarray(index * 7, index * 7 + 7),
  )
  return importer.run({ resource: 'people', source, ...settings })
}

async function rows() {
  const { rows } = await database.pool.query('select id, name, city from people order by id')
  return rows.map(({ id, name, city }) => [id, name, city])
}

const two = [
  [1, 'é😀', null],
  [2, 'b', 'X'],
]

describe('two people are imported', () => {
  const commas = 'id,name,city\n1,é😀,\n2,b,X\n'
  const excel = commas.replaceAll(',', ';')
  const objects = '{"id":1,"name":"é😀"}\n{"id":2,"name":"b","city":"X"}\n'
  const array = `[${objects.trim().replace('\n', ',')}]`

  test.each<[name: string, bytes: Buffer, settings: Settings]>([
    ['as CSV', Buffer.from(commas), { format: 'csv' }],
    ['with semicolons', Buffer.from(excel), { format: 'csv' }],
    [
      'with TAB and a byte order mark',
      Buffer.from(`\ufeff${commas.replaceAll(',', '\t')}`),
      { format: 'csv' },
    ],
    ['with a declared bar', Buffer.from(commas.replaceAll(',', '|')), { format: 'csv', delimiter: '|' }],
    ['with a sep= line', Buffer.from(`sep=;\r\n${excel.replaceAll('\n', '\r\n')}`), { format: 'csv' }],
    ['in UTF-16 with a mark', Buffer.from(`\ufeff${excel}`, 'utf16le'), { format: 'csv' }],
    ['in UTF-16, declared', Buffer.from(excel, 'utf16le').swap16(), { format: 'csv', encoding: 'utf-16be' }],
    ['compressed', gzipSync(commas), { format: 'csv', compression: 'gzip' }],
    [
      'compressed UTF-16',
      gzipSync(Buffer.from(`\ufeff${objects}`, 'utf16le')),
      { format: 'ndjson', compression: 'gzip' },
    ],
    ['as NDJSON', Buffer.from(objects), { format: 'ndjson' }],
    ['as an array', Buffer.from(array), { format: 'json' }],
    ['as a compressed array', gzipSync(array), { format: 'json', compression: 'gzip' }],
    [
      'with names of their own',
      Buffer.from(commas.replace('id,name', ' No. ,Full Name')),
      { format: 'csv', mapping: { 'no.': 'id' } },
    ],
    [
      'with keys of their own',
      Buffer.from(array.replaceAll('"id"', '"No."')),
      { format: 'json', mapping: { 'no.': 'id' } },
    ],
  ])('%s', async (_, bytes, settings) => {
    expect(await run(bytes, settings)).toMatchObject({ processed: 2, successful: 2, failed: 0, warnings: [] })
    expect(await rows()).toEqual(two)
  })

  test('in Windows-1252', async () => {
    await run(Buffer.from('id,name\n1,Ren\xe9 \x80\n', 'latin1'), { format: 'csv', encoding: 'windows-1252' })
    expect(await rows()).toEqual([[1, 'René €', null]])
  })

  test('from Excel, with its guard removed', async () => {
    await run(Buffer.from(`id,name,city\n1,'=1+1,''x\n`), { format: 'csv', excel: true })
    expect(await rows()).toEqual([[1, '=1+1', "'x"]])
  })
})

test('elements of an array that are not records are errors, and the others are imported', async () => {
  const elements = [
    '{"id":1,"name":"a"}',
    '7',
    '{"id":2,"id":3,"name":"b"}',
    '{"id":4}',
    '{"id":5,"name":"e"}',
  ]
  const report = await run(Buffer.from(`[\n${elements.join(',\n')}\n]`), { format: 'json' })
  expect(report).toMatchObject({ processed: 5, successful: 2, failed: 3 })
  expect(report.errors.map(({ rowNumber, line, code }) => [rowNumber, line, code])).toEqual([
    [2, 3, 'NOT_AN_OBJECT'],
    [3, 4, 'DUPLICATE_JSON_KEY'],
    [4, 5, 'MISSING_FIELD'],
  ])
  expect(await rows()).toEqual([
    [1, 'a', null],
    [5, 'e', null],
  ])
})

describe('a file that breaks is imported up to the break', () => {
  const good = 'id,name\n1,a\n2,b\n'

  test.each<[name: string, bytes: Buffer, settings: Settings, code: string]>([
    [
      'an array that is cut off',
      Buffer.from('[{"id":1,"name":"a"},{"id":2,"name":"b"},{"id"'),
      { format: 'json' },
      'FILE_PARSE_ERROR',
    ],
    [
      'gzip data that is cut off',
      gzipSync(`${good}3,c`).subarray(0, -4),
      { format: 'csv', compression: 'gzip' },
      'COMPRESSION_INVALID',
    ],
    [
      'an invalid byte',
      Buffer.from(`${good}3,\x81\n`, 'latin1'),
      { format: 'csv', encoding: 'windows-1252' },
      'ENCODING_INVALID',
    ],
  ])('%s', async (_, bytes, settings, code) => {
    const error = await run(bytes, settings).catch((error: unknown) => error)
    expect(error).toMatchObject({ code })
    expect(importReportOf(error)).toMatchObject({ processed: 2, successful: 2 })
    expect(await rows()).toEqual([
      [1, 'a', null],
      [2, 'b', null],
    ])
  })
})

describe('unknown columns', () => {
  test('are warnings', async () => {
    const report = await run(Buffer.from('id,name,nick\n1,a,x\n'), { format: 'csv' })
    expect(report.warnings).toHaveLength(1)
    expect(report.successful).toBe(1)
  })

  test('of a header are one fault that names them, if they are errors', async () => {
    await expect(
      run(Buffer.from('id,name,nick,cty\n1,a,x,y\n'), { format: 'csv', unknownColumns: 'error' }),
    ).rejects.toMatchObject({
      code: 'HEADER_INVALID',
      message: expect.stringContaining(
        'column "nick" is unknown; column "cty" is unknown (did you mean "city"?)',
      ),
    })
    expect(await rows()).toEqual([])
  })

  test('of objects are errors of their records, if they are errors', async () => {
    const text = '{"id":1,"name":"a","nick":"x"}\n{"id":2,"name":"b"}\n'
    const report = await run(Buffer.from(text), { format: 'ndjson', unknownColumns: 'error' })
    expect(report).toMatchObject({ processed: 2, successful: 1, errorsByCode: { UNKNOWN_COLUMN: 1 } })
  })
})

test('a mapping to an unknown field is rejected', async () => {
  await expect(
    run(Buffer.from('id,name\n'), { format: 'csv', mapping: { x: 'nmae' } }),
  ).rejects.toMatchObject({
    code: 'OPTION_INVALID',
  })
})
