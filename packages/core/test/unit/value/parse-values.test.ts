// The parsing stage: empty cells, transforms and invalid values, from CSV and from JSON.
import { Type } from '@sinclair/typebox'
import { describe, expect, test } from 'vitest'
import { JsonText } from '../../../src/engine/record/json-text.ts'
import { defineResource } from '../../../src/engine/resource/define.ts'
import type { Row } from '../../../src/engine/resource/row.ts'
import type { RowBatch } from '../../../src/engine/resource/row-batch.ts'
import { InvalidValue } from '../../../src/engine/value/codec.ts'
import { parseValues } from '../../../src/engine/value/parse-values.ts'

const things = defineResource('things', {
  table: 'things',
  schema: Type.Object({
    name: Type.Optional(Type.String()),
    size: Type.Optional(Type.Integer()),
    tags: Type.Optional(Type.Array(Type.String())),
    meta: Type.Optional(Type.Unknown()),
    at: Type.Optional(Type.String({ format: 'date-time' })),
  }),
  fields: {
    name: { transform: text => text.trim() },
    size: { transform: text => text.replace(/^#/, '') },
  },
})

const nowhere = {
  rowNumber: 2,
  line: 2,
  offset: 0,
  length: 0,
  raw: '',
  content: undefined,
  problem: undefined,
}

async function parseRow(
  values: unknown[],
  from: 'text' | 'json',
  errors: Row['errors'] = undefined,
  resource = things,
) {
  const row: Row = { source: nowhere, values, originals: undefined, errors }
  async function* batches() {
    yield { rows: [row], end: { byte: 0, rowNumber: 2, line: 2 } }
  }
  for await (const _ of parseValues(batches(), resource, { from }));
  return row
}

const parse = async (...given: Parameters<typeof parseRow>) => (await parseRow(...given)).values

describe('cells', () => {
  test('are parsed by the type of their field', async () => {
    const cells = ['a', '7', 'x,y', '{"k":[1]}', '2024-01-31T12:00:00Z']
    expect(await parse(cells, 'text')).toEqual([
      'a',
      7,
      ['x', 'y'],
      new JsonText('{"k":[1]}', { k: [1] }),
      '2024-01-31T12:00:00Z',
    ])
  })

  test('absent and null stay as they are', async () => {
    expect(await parse([undefined, null, undefined, null, null], 'text')).toEqual([
      undefined,
      null,
      undefined,
      null,
      null,
    ])
  })

  test('empty ones are null, except a quoted empty cell in a text field, which is the empty text', async () => {
    expect(await parse(['', '', '', '', ''], 'text')).toEqual(['', null, null, null, null])
  })

  test('what a transform leaves empty is empty', async () => {
    expect(await parse(['  ', '#', null, null, null], 'text')).toEqual(['', null, null, null, null])
  })

  test('are transformed before they are parsed', async () => {
    expect(await parse([' a ', '#7', null, null, null], 'text')).toEqual(['a', 7, null, null, null])
  })

  test('JSON text of the empty text is the empty text', async () => {
    expect(await parse([null, null, null, '""', null], 'text')).toEqual([
      null,
      null,
      null,
      new JsonText('""', ''),
      null,
    ])
  })

  test('that are invalid are replaced by the reason, and the original value is kept', async () => {
    const { values, originals } = await parseRow([' a\0 ', '#x', 'b', '{', null], 'text')
    expect(values).toMatchObject([
      { code: 'NUL_CHARACTER' },
      { code: undefined },
      ['b'],
      { code: undefined },
      null,
    ])
    expect(values.map(value => value instanceof InvalidValue)).toEqual([true, true, false, true, false])
    expect(Object.fromEntries(originals ?? [])).toEqual({ 0: ' a\0 ', 1: '#x', 2: 'b', 3: '{' })
  })

  test('that a transform changed are also kept as in the file', async () => {
    const { originals } = await parseRow([' a ', '#7', null, null, null], 'text')
    expect(Object.fromEntries(originals ?? [])).toEqual({ 0: ' a ', 1: '#7' })
  })

  test('that a transform did not change are kept once', async () => {
    expect((await parseRow(['a', null, null, null, null], 'text')).originals).toBeUndefined()
  })

  test('whose transform throws are a fault after the rows before them', async () => {
    const broken = defineResource('things', {
      table: 'things',
      schema: Type.Object({ name: Type.String() }),
      fields: {
        name: {
          transform: text => {
            if (text === 'evil') throw new Error('boom')
            return text
          },
        },
      },
    })
    const rows = ['a', 'b', 'evil', 'c'].map((name, index) => ({
      source: { ...nowhere, rowNumber: index + 2, line: index + 2, offset: 5 + index * 2 },
      values: [name],
      originals: undefined,
      errors: undefined,
    }))
    async function* batches() {
      yield { rows, end: { byte: 17, rowNumber: 5, line: 5 } }
    }
    const parsed: RowBatch[] = []
    for await (const batch of parseValues(batches(), broken, { from: 'text' })) parsed.push(batch)
    expect(parsed).toMatchObject([
      {
        rows: [{ values: ['a'] }, { values: ['b'] }],
        end: { byte: 9, rowNumber: 3, line: 3 },
        fault: {
          code: 'HOOK_FAILED',
          message: 'The transform of "name" threw an error.',
          cause: { message: 'boom' },
        },
      },
    ])
  })

  test('that parse to another spelling are reported as in the file', async () => {
    const { values, originals } = await parseRow([null, '007', null, null, null], 'text')
    expect(values[1]).toBe(7)
    expect(Object.fromEntries(originals ?? [])).toEqual({ 1: '007' })
  })
})

describe('JSON values', () => {
  test('must have their type already', async () => {
    const { values, originals } = await parseRow([1, '7', 'x,y', 7, 0], 'json')
    const [, , , meta] = values
    expect(values.map(value => value instanceof InvalidValue)).toEqual([true, true, true, false, true])
    expect(meta).toEqual(new JsonText('7', 7))
    expect(Object.fromEntries(originals ?? [])).toEqual({ 0: 1, 1: '7', 2: 'x,y', 4: 0 })
  })

  test('empty text is null, except where text is a value', async () => {
    const emptyJson = new JsonText('""', '')
    expect(await parse(['', '', '', '', ''], 'json')).toEqual(['', null, null, emptyJson, null])
  })

  test('text in a json field is a value, and is not parsed again', async () => {
    const [, , , meta] = await parse([null, null, null, '{"a":1}', null], 'json')
    expect(meta).toEqual(new JsonText('"{\\"a\\":1}"', '{"a":1}'))
  })

  test('only text is transformed', async () => {
    expect(await parse([' a ', 7, null, null, null], 'json')).toEqual(['a', 7, null, null, null])
  })
})

test('a row that has errors is left as it is', async () => {
  const error = {
    rowNumber: 2,
    line: 2,
    recordIdentifier: '',
    field: null,
    code: 'X',
    message: 'x',
    value: null,
  }
  expect(await parse([' a ', '7', '', '{', 'x'], 'text', [error])).toEqual([' a ', '7', '', '{', 'x'])
})

test('a JSON number that lost digits is rejected only if the column keeps every digit', async () => {
  const exact = defineResource('exact', {
    table: 'exact',
    schema: Type.Object({
      price: Type.String({ format: 'decimal' }),
      prices: Type.Array(Type.String({ format: 'decimal' })),
      weight: Type.Number(),
    }),
  })
  const raw =
    '{"price":0.1000000000000000055,"prices":[3.14159265358979323846],"weight":0.1000000000000000055}'
  const { price, prices, weight } = JSON.parse(raw)
  const row: Row = {
    source: { ...nowhere, raw },
    values: [price, prices, weight],
    originals: undefined,
    errors: undefined,
  }
  async function* batches() {
    yield { rows: [row], end: { byte: 0, rowNumber: 2, line: 2 } }
  }
  for await (const _ of parseValues(batches(), exact, { from: 'json' }));
  expect(row.values[0]).toBeInstanceOf(InvalidValue)
  expect(row.values[1]).toBeInstanceOf(InvalidValue)
  expect(row.values[2]).toBe(0.1)
})

test('a JSON value keeps its source text', async () => {
  const text = '{"b":1.0,"1":12345678901234567890,"b":2}'
  const [, , , meta] = await parse(
    [undefined, undefined, undefined, new JsonText(text, JSON.parse(text))],
    'json',
  )
  expect(meta).toMatchObject({ text })
})
