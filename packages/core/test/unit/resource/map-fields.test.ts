// Records to rows: cells by their column, JSON members by their key, and records that never become fields.
import { Type } from '@sinclair/typebox'
import { describe, expect, test } from 'vitest'
import { headerOfCells } from '../../../../../test-support/decoding.ts'
import type { RecordBatch } from '../../../src/engine/record/record-batch.ts'
import type { SourceRecord } from '../../../src/engine/record/source-record.ts'
import { defineResource } from '../../../src/engine/resource/define.ts'
import { mapFields } from '../../../src/engine/resource/mapping/map-fields.ts'
import { LadingError } from '../../../src/errors/lading-error.ts'

const users = defineResource('users', {
  table: 'users',
  schema: Type.Object({
    email: Type.Optional(Type.String()),
    name: Type.Optional(Type.String()),
    serial: Type.Optional(Type.Integer()),
  }),
  key: ['email'],
  fields: { name: { aliases: ['full name'] }, serial: { readOnly: true } },
})

const end = { byte: 9, rowNumber: 3, line: 3 }

function record(content: SourceRecord['content'], problem?: SourceRecord['problem']): SourceRecord {
  return { rowNumber: 3, line: 4, offset: 5, length: 6, raw: 'raw text', content, problem }
}

async function map(...batches: RecordBatch[]) {
  const unknown: (string | undefined)[] = []
  async function* source() {
    yield* batches
  }
  const rows = []
  for await (const batch of mapFields(source(), users, {})) {
    rows.push(...batch.rows)
    unknown.push(...(batch.notes ?? []).map(({ column }) => column))
  }
  return {
    values: rows.map(row => row.values),
    errors: rows.flatMap(row => row.errors ?? []),
    unknown,
  }
}

const cells = (header: (string | null)[], ...records: (string | null)[][]) =>
  map({ header: headerOfCells(header), records: records.map(content => record(content)), end })
const objects = (...records: Record<string, unknown>[]) =>
  map({ records: records.map(content => record(content)), end })

describe('cells', () => {
  test('go to the field of their column; missing columns are absent', async () => {
    const { values, errors, unknown } = await cells(
      ['Full Name', 'nick'],
      ['A', 'x'],
      [null, 'y'],
      ['', null],
    )
    expect(values).toEqual([
      [undefined, 'A', undefined],
      [undefined, null, undefined],
      [undefined, '', undefined],
    ])
    expect(errors).toEqual([])
    expect(unknown).toEqual(['nick'])
  })

  test('of a read-only column or of the error column are ignored', async () => {
    const { values, unknown } = await cells(
      ['lading_error', 'serial', 'email'],
      ['2 email INVALID', '7', 'a@b'],
    )
    expect(values).toEqual([['a@b', undefined, undefined]])
    expect(unknown).toEqual([])
  })

  test.each<[name: string, content: (string | null)[], message: string]>([
    ['too few', ['a'], 'The record has 1 cell where the header has 2.'],
    ['too many', ['a', 'b', 'c'], 'The record has 3 cells where the header has 2.'],
    ['a blank line of white space', ['  '], 'The record has 1 cell where the header has 2.'],
  ])('%s are COLUMN_COUNT, and none is dropped silently', async (_, content, message) => {
    const { values, errors } = await cells(['email', 'name'], content, ['x', 'y'])
    expect(errors).toEqual([
      {
        rowNumber: 3,
        line: 4,
        recordIdentifier: '',
        field: null,
        code: 'COLUMN_COUNT',
        message,
        value: 'raw text',
      },
    ])
    expect(values[1]).toEqual(['x', 'y', undefined])
  })

  test('before a header are a fault of the decoder', async () => {
    await expect(map({ records: [record(['a'])], end })).rejects.toThrow(LadingError)
  })

  test('of later batches use the header of the first', async () => {
    const { values } = await map(
      { header: headerOfCells(['name', 'email']), records: [], end },
      { records: [record(['n', 'e'])], end },
    )
    expect(values).toEqual([['e', 'n', undefined]])
  })
})

describe('members of objects', () => {
  test('go to the field of their key, case-insensitively', async () => {
    const { values, unknown } = await objects(
      { EMAIL: 'a', 'Full Name': null, nick: 1 },
      { name: 0, email: false },
    )
    expect(values).toEqual([
      ['a', null, undefined],
      [false, 0, undefined],
    ])
    expect(unknown).toEqual(['nick'])
  })

  test('of unknown keys are named once, even if named like members of Object.prototype', async () => {
    const hostile = JSON.parse('{"__proto__":{"name":"x"},"constructor":1,"toString":2,"email":"a"}')
    const { values, unknown } = await objects(hostile, hostile, { nick: 1 }, { nick: 2 })
    expect(values[0]).toEqual(['a', undefined, undefined])
    expect(unknown).toEqual(['__proto__', 'constructor', 'toString', 'nick'])
    expect({}).not.toHaveProperty('name')
  })

  test('of a read-only field or of the error column are ignored', async () => {
    const { values, unknown } = await objects({ serial: 7, lading_error: 'x', name: 'n' })
    expect(values).toEqual([[undefined, 'n', undefined]])
    expect(unknown).toEqual([])
  })

  test('that stand for the same field are DUPLICATE_JSON_KEY', async () => {
    const { errors } = await objects({ email: 'a', 'full name': null, Name: 'y' })
    expect(errors).toEqual([
      {
        rowNumber: 3,
        line: 4,
        recordIdentifier: 'a',
        field: 'name',
        code: 'DUPLICATE_JSON_KEY',
        message: 'Two keys of the object stand for "name".',
        value: null,
      },
    ])
  })

  test('an object without members is rejected', async () => {
    const { errors } = await objects({})
    expect(errors).toMatchObject([
      { field: null, code: 'NO_KNOWN_FIELD', message: 'The record is empty; it has no field of users.' },
    ])
  })
})

describe('a record that has a problem', () => {
  test('is a row with that error, and its text cut at 200 characters', async () => {
    const broken = {
      ...record(undefined, { code: 'NOT_AN_OBJECT', message: 'No object.' }),
      raw: 'x'.repeat(500),
    }
    const { errors } = await map({ records: [broken], end })
    expect(errors).toEqual([
      {
        rowNumber: 3,
        line: 4,
        recordIdentifier: '',
        field: null,
        code: 'NOT_AN_OBJECT',
        message: 'No object.',
        value: 'x'.repeat(200),
      },
    ])
  })
})

test('a fault and the end of a batch are passed on after its rows', async () => {
  const fault = new LadingError('FILE_PARSE_ERROR', 'Broken.')
  async function* source(): AsyncGenerator<RecordBatch> {
    yield { header: headerOfCells(['email']), records: [record(['a'])], end, fault }
  }
  const batches = []
  for await (const batch of mapFields(source(), users, {})) batches.push(batch)
  expect(batches).toMatchObject([{ rows: [{ values: ['a', undefined, undefined] }], end, fault }])
})
