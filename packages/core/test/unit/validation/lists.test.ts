// Rules of lists and of json values: lengths in code points, 64-bit elements, objects as elements.

import { Type } from '@sinclair/typebox'
import { describe, expect, test } from 'vitest'
import { defineResource } from '../../../src/engine/resource/define.ts'
import { mapFields } from '../../../src/engine/resource/mapping/map-fields.ts'
import { recordsOfObjects } from '../../../src/engine/source/objects.ts'
import { validate } from '../../../src/engine/validation/validate.ts'
import { parseValues } from '../../../src/engine/value/parse-values.ts'

async function errorsOf(schema: Parameters<typeof Type.Optional>[0], value: unknown) {
  const resource = defineResource('things', { table: 'things', schema: Type.Object({ it: schema }) })
  const rows = mapFields(recordsOfObjects([{ it: value }], new AbortController().signal), resource, {})
  const found: unknown[] = []
  for await (const batch of validate(
    parseValues(rows, resource, { from: 'json' }),
    resource,
    () => undefined,
  )) {
    for (const { errors } of batch.rows) found.push(...(errors ?? []).map(error => [error.code, error.value]))
  }
  return found
}

describe('a list', () => {
  test.each([
    ['of texts, counted in code points', Type.Array(Type.String({ maxLength: 3 })), ['😀😀😀'], ['abcd']],
    ['of texts of a least length', Type.Array(Type.String({ minLength: 2 })), ['ab'], ['😀']],
    ['of 64-bit numbers', Type.Array(Type.BigInt({ maximum: 10n })), ['1', 2], ['11']],
    ['of objects', Type.Array(Type.Object({ a: Type.Integer() })), [{ a: 1 }], [{ a: 'x' }]],
    ['of a number of elements', Type.Array(Type.Integer(), { maxItems: 2 }), [1, 2], [1, 2, 3]],
    ['of different elements', Type.Array(Type.String(), { uniqueItems: true }), ['a', 'b'], ['a', 'a']],
  ])('%s', async (_, schema, good, bad) => {
    expect(await errorsOf(schema, good)).toEqual([])
    expect(await errorsOf(schema, bad)).toEqual([['INVALID_IT', JSON.stringify(bad)]])
  })
})

test('a json value that breaks its schema is shown as it is', async () => {
  expect(await errorsOf(Type.Object({ id: Type.String({ format: 'uuid' }) }), { id: 'x' })).toEqual([
    ['INVALID_IT', '{"id":"x"}'],
  ])
})
