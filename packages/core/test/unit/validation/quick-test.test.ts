// The quick test never accepts what the rules reject; schemas that TypeBox treats differently have no quick test.
import { type TSchema, Type } from '@sinclair/typebox'
import { describe, expect, test } from 'vitest'
import { quickTest } from '../../../src/engine/validation/compiled-json-test.ts'
import { saidOf } from '../../fixtures/judged-fixture.ts'

const object = (a: TSchema) => Type.Object({ a })

describe('there is no quick test, and the rules decide, for', () => {
  test.each<[name: string, schema: TSchema, good: unknown, bad: unknown]>([
    ['a list of values', object(Type.String({ enum: ['x'] })), { a: 'x' }, { a: 'y' }],
    ['a list of numbers', object(Type.Integer({ enum: [1] })), { a: 1 }, { a: 2 }],
    ['one value', object(Type.Boolean({ const: true })), { a: true }, { a: false }],
    ['formats of numbers', object(Type.Integer({ format: 'int32' })), { a: 1 }, { a: 2 ** 31 }],
    ['a least length in code points', object(Type.String({ minLength: 2 })), { a: 'ab' }, { a: '😀' }],
    ['numbers that are text', object(Type.String({ format: 'decimal', minimum: 1 })), { a: '1' }, { a: '0' }],
    ['members that every object inherits', Type.Object({ toString: Type.Unknown() }), { toString: 1 }, {}],
    [
      'other members with such a rule',
      Type.Object({}, { additionalProperties: Type.Integer({ enum: [1] }) }),
      { b: 1 },
      { b: 2 },
    ],
    ['keys with line breaks', Type.Record(Type.String(), Type.Integer()), { 'a\nb': 1 }, { 'a\nb': 'x' }],
    [
      'elements with such a rule',
      object(Type.Array(Type.String({ const: 'x' }))),
      { a: ['x'] },
      { a: ['y'] },
    ],
  ])('%s', async (_, schema, good, bad) => {
    expect(quickTest(schema)).toBeUndefined()
    expect(await saidOf(schema, 'json', good)).toEqual([])
    expect(await saidOf(schema, 'json', bad)).toHaveLength(1)
  })
})

test.each<[name: string, schema: TSchema, value: unknown]>([
  ['a length in code points', object(Type.String({ maxLength: 3 })), { a: '😀😀😀' }],
  ['a step in decimals', object(Type.Number({ multipleOf: 0.05 })), { a: 0.15 }],
])('the rules may accept what it rejects: %s', async (_, schema, value) => {
  expect(quickTest(schema)?.(value)).toBe(false)
  expect(await saidOf(schema, 'json', value)).toEqual([])
})
