// json: any JSON value that PostgreSQL can store, and no value that would change on the way.
import { describe, expect, test } from 'vitest'
import { JsonText } from '../../../src/engine/record/json-text.ts'
import { InvalidValue } from '../../../src/engine/value/codec.ts'
import { json } from '../../../src/engine/value/json.ts'
import { checkJsonb } from '../../../src/engine/value/jsonb.ts'

const copied = (value: unknown) =>
  value instanceof InvalidValue ? (value.code ?? 'refused') : json.toCopy(value as never)

describe('a cell of JSON text is kept verbatim', () => {
  test.each([
    '{}',
    '[]',
    '""',
    '"x"',
    '0',
    '-1.5e2',
    'true',
    'null',
    ' { "a" : [ 1 , null ] }\n',
    '{"é":"😀"}',
    '"\\u00e9\\n"',
    '"\\ud83d\\ude00"',
    '{"__proto__":1,"constructor":2}',
    // As PostgreSQL keeps them, though JavaScript would not.
    '12345678901234567890',
    '1e400',
    '[0.1000000000000000055511151231257827]',
  ])('%j', text => {
    expect(copied(json.parse(text))).toBe(text)
  })

  test.each([
    'x',
    '{',
    '{a:1}',
    "{'a':1}",
    '[1,]',
    '{"a":1,}',
    'NaN',
    'Infinity',
    '// x\n1',
    '1 2',
    '{"a":1}{"a":2}',
    '"a\nb"',
    '01',
    '+1',
    '\0',
    ' ',
    'undefined',
  ])('%j is not valid', text => {
    expect(copied(json.parse(text))).toBe('refused')
  })
})

describe('what json can store, but jsonb cannot', () => {
  test.each<[name: string, text: string, code: string]>([
    ['NUL', '"\\u0000"', 'NUL_CHARACTER'],
    ['NUL within a value', '{"a":["x\\u0000y"]}', 'NUL_CHARACTER'],
    ['NUL within a key', '{"a":{"x\\u0000":1}}', 'NUL_CHARACTER'],
    ['half of a pair', '"\\ud800"', 'ILL_FORMED_TEXT'],
    ['half of a pair within a value', '[[["\\ude00"]]]', 'ILL_FORMED_TEXT'],
    ['half of a pair within a key', '{"\\ud83d":1}', 'ILL_FORMED_TEXT'],
    ['halves in the wrong order', '"\\ude00\\ud83d"', 'ILL_FORMED_TEXT'],
  ])('%s', (_, text, code) => {
    for (const value of [json.parse(text), json.fromJson(JSON.parse(text))]) {
      expect(copied(value)).toBe(text)
      expect(checkJsonb(value)).toMatchObject({ code })
    }
  })
})

test('jsonb accepts surrogate pairs, and an escaped backslash before a u', () => {
  for (const text of ['"\\ud83d\\ude00"', '"\\\\ud800"', '"\\\\u0000"']) {
    expect(checkJsonb(json.parse(text))).toBeUndefined()
  }
})

test('text that a transform cut within a surrogate pair is rejected, since a driver would silently change it', () => {
  expect(copied(json.parse('"\ud83d"'))).toBe('ILL_FORMED_TEXT')
})

test('a JSON value with its text keeps the text', () => {
  const text = '{"a":1.0,"b":9007199254740993,"a":1e400}'
  expect(copied(json.fromJson(new JsonText(text, JSON.parse(text))))).toBe(text)
})

describe('a JSON value', () => {
  test.each<[value: unknown, copied: string]>([
    [{}, '{}'],
    [[], '[]'],
    ['', '""'],
    ['{"a":1}', '"{\\"a\\":1}"'],
    [-150, '-150'],
    [false, 'false'],
    [{ a: [1, null, 'é'] }, '{"a":[1,null,"é"]}'],
    [JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
    [9007199254740991, '9007199254740991'],
    [-9007199254740991, '-9007199254740991'],
    [1.5e300 / 1e300, '1.5'],
    [5e-324, '5e-324'],
  ])('%j → %s', (value, expected) => {
    expect(copied(json.fromJson(value))).toBe(expected)
  })

  test.each([
    '9007199254740993',
    '-9007199254740993',
    '[[12345678901234567890]]',
    '1e400',
    '-1e400',
    '{"a":{"b":[1e999]}}',
  ])('%s would not be stored as written', text => {
    expect(json.fromJson(JSON.parse(text))).toEqual(
      new InvalidValue(
        undefined,
        'holds a whole number beyond 2^53, which JSON readers round; write it as a string',
      ),
    )
  })

  test.each([[Number.NaN], [{ a: Number.NaN }], [1n], [[{ a: 1n }]], [() => 1], [{ a: Symbol('x') }]])(
    'the JavaScript value %s, which JSON cannot hold, is rejected',
    value => {
      expect(copied(json.fromJson(value))).toBe('refused')
    },
  )

  test('a JavaScript object that contains itself is rejected', () => {
    const circular: Record<string, unknown> = {}
    circular.self = circular
    expect(copied(json.fromJson(circular))).toBe('refused')
  })
})

describe('depth', () => {
  const lists = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
  const objects = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`

  test.each<[levels: number, accepted: boolean]>([
    [1, true],
    [64, true],
    [65, false],
    [1_000, false],
    [200_000, false],
  ])('%d levels: accepted %s', (levels, accepted) => {
    expect(copied(json.parse(lists(levels)))).toBe(accepted ? lists(levels) : 'refused')
    expect(copied(json.parse(objects(levels)))).toBe(accepted ? objects(levels) : 'refused')
  })

  test('many values side by side are not deep', () => {
    const wide = `[${'[],'.repeat(10_000)}{}]`
    expect(copied(json.parse(wide))).toBe(wide)
  })
})
