// A value of a filter or a scope: what it means as text, as JSON, and as no value.
import { Type } from '@sinclair/typebox'
import { expect, test } from 'vitest'
import { defineResource } from '../../../src/engine/resource/define.ts'
import { InvalidValue } from '../../../src/engine/value/codec.ts'
import { parseFilterValue } from '../../../src/engine/value/parse-filter-value.ts'

const { fields } = defineResource('things', {
  table: 'things',
  schema: Type.Object({
    name: Type.String(),
    size: Type.Integer(),
    active: Type.Boolean(),
    broken: Type.Integer(),
  }),
  fields: {
    name: { transform: text => text.trim() },
    size: { transform: text => text.replace(/^#/, '') },
    broken: {
      transform() {
        throw new TypeError('secret')
      },
    },
  },
})

const given = (name: string, value: unknown) => {
  const field = fields.find(field => field.name === name)
  if (field === undefined) throw new Error(`There is no field ${name}.`)
  return parseFilterValue(field, value)
}

test.each([
  ['text is read as a cell', 'active', 'true', true],
  ['after the transform of its field', 'size', '#7', 7],
  ['also where that leaves an empty text', 'name', '  ', ''],
  ['anything else is read as JSON', 'size', 7, 7],
  ['an empty cell is null', 'size', '', undefined],
  ['nor is one that the transform has emptied', 'size', '#', undefined],
])('%s', (_, name, value, expected) => {
  expect(given(name, value)).toBe(expected)
})

test.each([
  ['active', 'maybe'],
  ['size', '7.5'],
  ['size', true],
  ['name', 7],
])('a value of another type is rejected: %s %j', (name, value) => {
  expect(given(name, value)).toBeInstanceOf(InvalidValue)
})

test('a transform that throws is reported as the application’s fault, and is not called for values other than text', () => {
  expect(() => given('broken', '7')).toThrow(expect.objectContaining({ code: 'HOOK_FAILED' }))
  expect(given('broken', 7)).toBe(7)
})
