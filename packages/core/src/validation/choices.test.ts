// Messages that list the values that are allowed: unambiguous whatever the values are, and short however many there are.
import { type TSchema, Type } from '@sinclair/typebox'
import { describe, expect, test } from 'vitest'
import { judged, resourceOf, saidOf } from '../../test/judged-bed.ts'

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
  ['values with what nobody sees', among('a', 'a\u200b', ' a'), 'x', 'must be one of "a", "a\\u200b", " a"'],
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

describe('what is near to a value that must not be shown', () => {
  test('is not shown either', async () => {
    const resource = resourceOf(among(...codes), { sensitive: true })
    expect(
      (await judged(resource, 'json', { it: 'codet19' })).map(({ message, value }) => [message, value]),
    ).toEqual([['"it" must be one of 30 values, such as code-a0, code-b1, code-c2, code-d3, code-e4.', null]])
  })
})
