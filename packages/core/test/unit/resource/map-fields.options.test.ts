// Object keys with the options of an upload: a mapping, and unknown keys as errors.
import { Type } from '@sinclair/typebox'
import { expect, test } from 'vitest'
import type { RecordBatch } from '../../../src/engine/record/record-batch.ts'
import type { SourceRecord } from '../../../src/engine/record/source-record.ts'
import { defineResource } from '../../../src/engine/resource/define.ts'
import type { HeaderOptions } from '../../../src/engine/resource/mapping/header.ts'
import { mapFields } from '../../../src/engine/resource/mapping/map-fields.ts'

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

async function mapWith(options: HeaderOptions, ...records: Record<string, unknown>[]) {
  async function* source(): AsyncGenerator<RecordBatch> {
    yield { records: records.map(content => record(content)), end }
  }
  const warned: (string | undefined)[] = []
  const rows = []
  for await (const batch of mapFields(source(), users, options)) {
    rows.push(...batch.rows)
    const notes = (batch.notes ?? []).filter(({ code }) => code === 'UNKNOWN_COLUMN')
    warned.push(...notes.map(({ column }) => column))
  }
  return { values: rows.map(row => row.values), errors: rows.map(row => row.errors), warned }
}

test('a mapping gives a key its field; records without the key are unchanged', async () => {
  const { values, errors, warned } = await mapWith(
    { mapping: { 'E-Mail': 'email' } },
    { ' e-mail': 'a' },
    { name: 'b' },
  )
  expect(values).toEqual([
    ['a', undefined, undefined],
    [undefined, 'b', undefined],
  ])
  expect(errors).toEqual([undefined, undefined])
  expect(warned).toEqual([])
})

test('a key and a mapped key for the same field are DUPLICATE_JSON_KEY', async () => {
  const { errors } = await mapWith({ mapping: { 'E-Mail': 'email' } }, { email: 'a', 'E-Mail': 'b' })
  expect(errors).toMatchObject([[{ code: 'DUPLICATE_JSON_KEY', field: 'email' }]])
})

test('a mapping to an unknown field is rejected', async () => {
  await expect(mapWith({ mapping: { x: 'emial' } }, {})).rejects.toMatchObject({ code: 'OPTION_INVALID' })
})

test('unknown keys as errors are named in each record that has them', async () => {
  const many = Object.fromEntries('abcdefg'.split('').map(key => [key, 1]))
  const { errors, warned } = await mapWith(
    { unknownColumns: 'error' },
    { nick: 1 },
    { name: 'n', lading_error: 'x' },
    { nick: 1, constructor: 2 },
    many,
  )
  expect(errors.map(list => list?.map(({ code, field, message }) => ({ code, field, message })))).toEqual([
    [
      {
        code: 'UNKNOWN_COLUMN',
        field: null,
        message: 'The key "nick" is not a field of users; remove or map it.',
      },
    ],
    undefined,
    [
      {
        code: 'UNKNOWN_COLUMN',
        field: null,
        message: 'The keys "nick", "constructor" are not fields of users; remove or map them.',
      },
    ],
    [
      {
        code: 'UNKNOWN_COLUMN',
        field: null,
        message: 'The keys "a", "b", "c", "d", "e" and 2 more are not fields of users; remove or map them.',
      },
    ],
  ])
  expect(warned).toEqual([])
})
