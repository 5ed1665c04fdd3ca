// Messages that list allowed values: always unambiguous, and short however many values there are.
import { type TSchema, Type } from '@sinclair/typebox'
import { describe, expect, test } from 'vitest'
import { judged, resourceOf, saidOf } from '../../fixtures/judged-fixture.ts'

const among = (...values: string[]) => Type.Union(values.map(value => Type.Literal(value)))
const codes = Array.from(
  { length: 30 },
  (_, index) => `code-${String.fromCharCode(97 + (index % 26))}${index}`,
)

test.each<[name: string, schema: TSchema, given: string, said: string]>([
  ['plain words', among('new', 'so so'), 'old', 'must be one of new, so so'],
  ['values with commas', among('red, green', 'blue'), 'x', 'must be one of "red, green", "blue"'],
  ['a single one with a comma', among('red, green'), 'x', 'must be "red, green"'],
  ['values with quotes', among('5"', '6'), 'x', 'must be one of "5\\"", "6"'],
  ['values that end a sentence', among('No.', 'Yes.'), 'x', 'must be one of "No.", "Yes."'],
  [
    'values with invisible characters',
    among('a', 'a\u200b', ' a'),
    'x',
    'must be one of "a", "a\\u200b", " a"',
  ],
  ['values like each other', among('new', 'new', 'used'), 'x', 'must be one of new, used'],
  [
    'many values',
    among(...codes),
    'something else',
    'must be one of 30 values, such as code-a0, code-b1, code-c2, code-d3, code-e4',
  ],
  [
    'many values, one of them near',
    among(...codes),
    'Code-T19 ',
    'must be one of 30 values, such as code-a0, code-b1, code-c2, code-d3, code-e4; the nearest is "code-t19"',
  ],
  [
    'many values of a keyword',
    Type.String({ enum: codes }),
    'codet19',
    'must be one of 30 values, such as code-a0, code-b1, code-c2, code-d3, code-e4; the nearest is "code-t19"',
  ],
  ['long values', among('a'.repeat(100), 'b'), 'x', `must be one of "${'a'.repeat(60)}…", "b"`],
])('%s', async (_, schema, given, said) => {
  for (const from of ['text', 'json'] as const)
    expect(await saidOf(schema, from, given)).toEqual([`"it" ${said}.`])
  expect(await saidOf(Type.Array(schema), 'json', [given])).toEqual([`Element 1 of "it" ${said}.`])
})

describe('of a value that must not be shown', () => {
  const said = async (schema: TSchema, it: unknown) =>
    (await judged(resourceOf(schema, { sensitive: true }), 'json', { it })).map(({ message, value }) => [
      message,
      value,
    ])

  test.each<[what: string, schema: TSchema, given: unknown, reported: string]>([
    [
      'a similar value is not shown either',
      among(...codes),
      'codet19',
      '"it" must be one of 30 values, such as code-a0, code-b1, code-c2, code-d3, code-e4.',
    ],
    [
      'nor in a list of texts or nothing',
      Type.Array(Type.Union([among(...codes), Type.Null()])),
      ['code-a0', 'codet19'],
      'Element 2 of "it" must be one of 30 values, such as code-a0, code-b1, code-c2, code-d3, code-e4.',
    ],
    [
      'a key that it must not have is not named',
      Type.Object({ a: Type.Optional(Type.String()) }, { additionalProperties: false }),
      { secret: 1 },
      '"it" must not have keys that its schema does not name.',
    ],
    [
      'a key of a value in it is not named',
      Type.Array(Type.Record(Type.String(), Type.Integer({ minimum: 0 }))),
      [{ secret: 0 }, { secret: -1 }],
      'Element 2 of "it" must be at least 0.',
    ],
  ])('%s', async (_, schema, given, reported) => {
    expect(await said(schema, given)).toEqual([[reported, null]])
  })
})
