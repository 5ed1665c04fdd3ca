// Rarely used schemas: references, described forms, and custom kinds.
import { Kind, type TSchema, Type, TypeRegistry } from '@sinclair/typebox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { saidOf } from '../../fixtures/judged-fixture.ts'

const parts = Type.Module({
  Part: Type.Object({ count: Type.Integer({ minimum: 1 }), kit: Type.Optional(Type.Ref('Kit')) }),
  Kit: Type.Object({ parts: Type.Array(Type.Ref('Part')) }),
})

const shade = (description?: string) =>
  ({ [Kind]: 'Shade', ...(description !== undefined && { description }) }) as unknown as TSchema

beforeAll(() => TypeRegistry.Set('Shade', (_, value) => value === 'dark' || value === 'light'))
afterAll(() => TypeRegistry.Delete('Shade'))

test.each<[name: string, schema: TSchema, good: unknown, bad: unknown, said: string]>([
  [
    'parts of a module',
    parts.Import('Part'),
    { count: 1, kit: { parts: [{ count: 2 }] } },
    { count: 1, kit: { parts: [{ count: 2 }, { count: 0 }] } },
    '"count" in element 2 of "parts" in "kit" in "a" in "it" must be at least 1.',
  ],
  [
    'a place that is too deep for a message',
    parts.Import('Part'),
    { count: 1 },
    {
      count: 1,
      kit: { parts: [{ count: 1, kit: { parts: [{ count: 1, kit: { parts: [{ count: 0 }] } }] } }] },
    },
    '"count" in element 1 of "parts" in "kit" in element 1 of "parts" in "kit" in element 1 of a part of "it" must be at least 1.',
  ],
  [
    'a template',
    Type.TemplateLiteral([Type.Literal('size-'), Type.Union([Type.Literal('1'), Type.Literal('2')])]),
    'size-1',
    'size-3',
    '"a" in "it" must have the form ^size-(1|2)$.',
  ],
  [
    'an expression with flags',
    Type.RegExp(/^[a-z]+$/i, { maxLength: 3 }),
    'Abc',
    'a1',
    '"a" in "it" must have the form ^[a-z]+$.',
  ],
  [
    'a length of such a text',
    Type.RegExp(/^[a-z]+$/g, { maxLength: 3 }),
    'abc',
    'abcd',
    '"a" in "it" is longer than 3 characters.',
  ],
  [
    'members of all schemas, and no others',
    Type.Intersect([Type.Object({ b: Type.Integer() }), Type.Object({ c: Type.Integer() })], {
      unevaluatedProperties: false,
    }),
    { b: 1, c: 2 },
    { b: 1, c: 2, d: 3 },
    '"a" in "it" must not have the key "d".',
  ],
  ['a kind of one’s own', shade('dark or light'), 'dark', 'grey', '"a" in "it" must be dark or light.'],
  [
    'a kind of one’s own without words',
    shade(),
    'dark',
    'grey',
    '"a" in "it" has a form that is not allowed.',
  ],
])('%s', async (_, schema, good, bad, said) => {
  const object = Type.Object({ a: schema })
  for (const from of ['text', 'json'] as const) {
    const given = (a: unknown) => (from === 'text' ? JSON.stringify({ a }) : { a })
    expect(await saidOf(object, from, given(good))).toEqual([])
    expect(await saidOf(object, from, given(bad))).toEqual([said])
  }
})
