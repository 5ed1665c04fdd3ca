// Messages of rules inside lists and JSON: they name the position at any depth, and what it must be.
import { type TSchema, Type } from '@sinclair/typebox'
import { describe, expect, test } from 'vitest'
import { saidOf } from '../../fixtures/judged-fixture.ts'

describe('a list', () => {
  test.each<[name: string, schema: TSchema, good: unknown, bad: unknown, said: string]>([
    [
      'of at least',
      Type.Array(Type.String(), { minItems: 2 }),
      ['a', 'b'],
      ['a'],
      '"it" must have at least 2 elements.',
    ],
    [
      'of at most',
      Type.Array(Type.String(), { maxItems: 1 }),
      ['a'],
      ['a', 'b'],
      '"it" must have at most 1 element.',
    ],
    [
      'of a number of elements',
      Type.Array(Type.String(), { minItems: 1, maxItems: 2 }),
      ['a'],
      [],
      '"it" must have between 1 and 2 elements.',
    ],
    [
      'of exactly',
      Type.Array(Type.Integer(), { minItems: 2, maxItems: 2 }),
      [1, 2],
      [1],
      '"it" must have exactly 2 elements.',
    ],
    [
      'of different elements',
      Type.Array(Type.String(), { uniqueItems: true }),
      ['a', 'b'],
      ['a', 'b', 'a'],
      '"it" must have different elements; element 3 is the same as element 1.',
    ],
    [
      'of different objects',
      Type.Array(Type.Object({}), { uniqueItems: true }),
      [{ a: 1 }, { a: 2 }],
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      '"it" must have different elements; element 2 is the same as element 1.',
    ],
    [
      'that has to contain something',
      Type.Array(Type.String(), { contains: Type.Literal('a'), minContains: 1 }),
      ['b', 'a'],
      ['b'],
      '"it" must have at least 1 element that is a.',
    ],
    [
      'that has to contain something of a kind',
      Type.Array(Type.Integer(), { contains: Type.Integer({ minimum: 5 }), maxContains: 2 }),
      [1, 5, 6],
      [5, 6, 7],
      '"it" must have between 1 and 2 elements of the kind that its schema requires.',
    ],
    [
      'of lengths in code points',
      Type.Array(Type.String({ minLength: 2, maxLength: 3 })),
      ['😀😀😀'],
      ['ab', '😀'],
      'Element 2 of "it" is shorter than 2 characters.',
    ],
  ])('%s', async (_, schema, good, bad, said) => {
    for (const from of ['text', 'json'] as const) {
      const given = (value: unknown) => (from === 'text' ? JSON.stringify(value) : value)
      expect(await saidOf(schema, from, given(good))).toEqual([])
      expect(await saidOf(schema, from, given(bad))).toEqual([said])
    }
  })
})

const address = Type.Object({
  zip: Type.String({ pattern: '^[0-9]{4}$' }),
  lines: Type.Optional(Type.Array(Type.String({ maxLength: 2 }))),
})

const tree = Type.Recursive(self => Type.Object({ n: Type.Integer({ minimum: 0 }), in: Type.Array(self) }))

describe('a JSON value', () => {
  test.each<[name: string, schema: TSchema, good: unknown, bad: unknown, said: string]>([
    [
      'with a member that breaks a bound',
      Type.Object({ price: Type.Number({ minimum: 0 }) }),
      { price: 0 },
      { price: -1 },
      '"price" in "it" must be at least 0.',
    ],
    [
      'with a member of a member',
      Type.Object({ address }),
      { address: { zip: '8000' } },
      { address: { zip: 'x' } },
      '"zip" in "address" in "it" must have the form ^[0-9]{4}$.',
    ],
    [
      'with an element of a member',
      Type.Object({ address }),
      { address: { zip: '8000', lines: ['😀😀'] } },
      { address: { zip: '8000', lines: ['ab', 'abc'] } },
      'Element 2 of "lines" in "address" in "it" is longer than 2 characters.',
    ],
    [
      'in a list',
      Type.Array(Type.Object({ price: Type.Integer({ multipleOf: 5 }) })),
      [{ price: 5 }],
      [{ price: 5 }, { price: 6 }],
      '"price" in element 2 of "it" must be a multiple of 5.',
    ],
    [
      'without a member that is required',
      Type.Object({ a: Type.String(), toString: Type.Optional(Type.Number()) }),
      { a: '' },
      {},
      '"a" in "it" is required.',
    ],
    [
      'with a member of another type',
      Type.Object({ a: Type.Boolean(), b: Type.Null() }),
      { a: true, b: null },
      { a: 1, b: null },
      '"a" in "it" must be true or false.',
    ],
    [
      'with a member too many',
      Type.Object({ colour: Type.Optional(Type.String()) }, { additionalProperties: false }),
      { colour: 'red' },
      { color: 'red' },
      '"it" must not have the key "color"; the nearest allowed key is "colour".',
    ],
    [
      'with other members of one type',
      Type.Object({ a: Type.String() }, { additionalProperties: Type.Integer({ maximum: 9 }) }),
      { a: 'x', b: 9 },
      { a: 'x', b: 10 },
      '"b" in "it" must be at most 9.',
    ],
    [
      'with too few members',
      Type.Object({}, { minProperties: 1 }),
      { a: 1 },
      {},
      '"it" must have at least 1 key.',
    ],
    [
      'whose keys are values themselves',
      Type.Record(Type.String({ pattern: '^[a-z]+$' }), Type.Integer({ minimum: 1 })),
      { a: 1 },
      { a: 1, b: 0 },
      '"b" in "it" must be at least 1.',
    ],
    [
      'with a key that could be a path',
      Type.Record(Type.String(), Type.Integer()),
      { 'a.b\nc': 1 },
      { 'a.b\nc, "d"': 'x' },
      '"a.b\\u000ac, \\"d\\"" in "it" must be a whole number.',
    ],
    [
      'in a form of its own',
      Type.Object({ day: Type.String({ format: 'date' }) }),
      { day: '2024-02-29' },
      { day: '2023-02-29' },
      '"day" in "it" must be a date, such as 2024-01-31.',
    ],
    [
      'with many digits',
      Type.Object({ n: Type.String({ format: 'decimal', maximum: '0.30000000000000000001' }) }),
      { n: '0.3' },
      { n: '0.30000000000000000002' },
      '"n" in "it" must be at most 0.30000000000000000001.',
    ],
    [
      'of several types',
      Type.Object({ a: Type.Union([Type.String(), Type.Number(), Type.Null()]) }),
      { a: null },
      { a: true },
      '"a" in "it" must be text, a number or null.',
    ],
    [
      'of one of several types',
      Type.Object({ a: Type.Union([Type.String({ maxLength: 2 }), Type.Number({ minimum: 5 })]) }),
      { a: 5 },
      { a: 4 },
      '"a" in "it" must be at least 5.',
    ],
    [
      'of one of several kinds',
      Type.Record(
        Type.String(),
        Type.Union([
          Type.Object({ kind: Type.Literal('circle'), radius: Type.Number({ exclusiveMinimum: 0 }) }),
          Type.Object({ kind: Type.Literal('square'), side: Type.Number() }),
        ]),
      ),
      { a: { kind: 'square', side: 1 } },
      { a: { kind: 'circle', radius: 0 } },
      '"radius" in "a" in "it" must be greater than 0.',
    ],
    [
      'of all of several kinds',
      Type.Object({
        a: Type.Intersect([Type.Object({ b: Type.Integer() }), Type.Object({ c: Type.Integer() })]),
      }),
      { a: { b: 1, c: 2 } },
      { a: { b: 1, c: 'x' } },
      '"c" in "a" in "it" must be a whole number.',
    ],
    [
      'of a number of places',
      Type.Object({ at: Type.Tuple([Type.Number(), Type.Number({ maximum: 90 })]) }),
      { at: [1, 2] },
      { at: [1, 91] },
      'Element 2 of "at" in "it" must be at most 90.',
    ],
    [
      'that refers to itself',
      Type.Object({ tree }),
      { tree: { n: 0, in: [{ n: 1, in: [] }] } },
      { tree: { n: 0, in: [{ n: -1, in: [] }] } },
      '"n" in element 1 of "in" in "tree" in "it" must be at least 0.',
    ],
    [
      'that has to be another one',
      Type.Object({ a: Type.Not(Type.Literal('x'), { description: 'anything but x' }) }),
      { a: 'y' },
      { a: 'x' },
      '"a" in "it" must be anything but x.',
    ],
  ])('%s', async (_, schema, good, bad, said) => {
    for (const from of ['text', 'json'] as const) {
      const given = (value: unknown) => (from === 'text' ? JSON.stringify(value) : value)
      expect(await saidOf(schema, from, given(good))).toEqual([])
      expect(await saidOf(schema, from, given(bad))).toEqual([said])
    }
  })
})
