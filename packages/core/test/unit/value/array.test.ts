// Arrays: JSON lists and comma-separated cells, and the array literals written to COPY.
import { describe, expect, test } from 'vitest'
import { boolean } from '../../../src/engine/value/boolean.ts'
import { InvalidValue } from '../../../src/engine/value/codec.ts'
import { json } from '../../../src/engine/value/json.ts'
import { arrayOf } from '../../../src/engine/value/list/array.ts'
import { bigint } from '../../../src/engine/value/number/bigint.ts'
import { float } from '../../../src/engine/value/number/float.ts'
import { integer } from '../../../src/engine/value/number/integer.ts'
import { numeric } from '../../../src/engine/value/number/numeric.ts'
import { text } from '../../../src/engine/value/text.ts'
import { timestamp } from '../../../src/engine/value/time/timestamp.ts'
import { uuid } from '../../../src/engine/value/uuid.ts'

const texts = arrayOf(text)

describe('a cell', () => {
  test.each<[name: string, cell: string, elements: string[]]>([
    ['a JSON list', '["a","b"]', ['a', 'b']],
    ['a JSON list with white space', ' [ "a" , "b" ] ', ['a', 'b']],
    ['an empty JSON list', '[]', []],
    ['a JSON list with empty text', '[""]', ['']],
    ['a JSON list keeps spaces and commas', '[" a ","b,c"]', [' a ', 'b,c']],
    ['one word', 'a', ['a']],
    ['words with commas', 'a,b,c', ['a', 'b', 'c']],
    ['words are trimmed', ' a , b b ', ['a', 'b b']],
    ['words without a character are left out', ',a,, b ,', ['a', 'b']],
    ['only commas', ',,', []],
    ['only spaces', '  ', []],
    ['an array literal', '{a,"b c"}', ['a', 'b c']],
    ['an array literal with white space', ' { a , " b " } ', ['a', ' b ']],
    ['an empty array literal', '{}', []],
    ['braces inside of a word', 'a{,}b', ['a{', '}b']],
    ['bounds from 1', '[1:2]={a,b}', ['a', 'b']],
    ['quotes are text', '"a","b"', ['"a"', '"b"']],
    ['NULL is text', 'NULL,null', ['NULL', 'null']],
    ['a word that ends with a bracket', 'a]', ['a]']],
  ])('%s', (_, cell, elements) => {
    expect(texts.parse(cell)).toEqual(elements)
  })

  test.each([
    '[',
    '["a"',
    '[a]',
    '["a",]',
    '["a"] x',
    '[1]',
    '[null]',
    '["a",null]',
    '[["a"]]',
    '[{}]',
    '[true]',
    '[a',
    '[] []',
  ])('%j is not valid', cell => {
    expect(texts.parse(cell)).toBeInstanceOf(InvalidValue)
  })

  test.each<[cell: string, code: string]>([
    ['["a\\u0000"]', 'NUL_CHARACTER'],
    ['a\0,b', 'NUL_CHARACTER'],
    ['["\\ud800"]', 'ILL_FORMED_TEXT'],
  ])('%j says which character is wrong', (cell, code) => {
    expect(texts.parse(cell)).toMatchObject({ code })
  })
})

describe('a JSON value', () => {
  test.each([[[]], [['a', '']], [['{', '"', '\\', ',']]])('%j is kept', value => {
    expect(texts.fromJson(value)).toEqual(value)
  })

  test.each([
    ['a,b'],
    ['["a"]'],
    [''],
    [1],
    [true],
    [{}],
    [{ 0: 'a', length: 1 }],
    [[null]],
    [['a', 1]],
    [[['a']]],
    [[undefined]],
  ])('%j is not valid', value => {
    expect(texts.fromJson(value)).toBeInstanceOf(InvalidValue)
  })

  test('elements must have the element type', () => {
    expect(arrayOf(integer).fromJson([1, -0])).toEqual([1, 0])
    expect(arrayOf(integer).fromJson(['1'])).toBeInstanceOf(InvalidValue)
    expect(arrayOf(integer).parse('1, 2')).toEqual([1, 2])
    expect(arrayOf(integer).parse('1,x')).toBeInstanceOf(InvalidValue)
    expect(arrayOf(boolean).parse('true,0')).toEqual([true, false])
    expect(arrayOf(uuid).parse('6f304cd1-8a43-4417-aec7-55f419572494')).toEqual([
      '6f304cd1-8a43-4417-aec7-55f419572494',
    ])
    expect(arrayOf(timestamp).fromJson(['2024-01-31'])).toBeInstanceOf(InvalidValue)
    expect(arrayOf(bigint).fromJson(['9223372036854775807', 1])).toEqual(['9223372036854775807', '1'])
  })
})

test('JSON elements keep their text', () => {
  const cell = ' [ {"b":1.0, "b":2} ,9007199254740993,"],\\"[" , [ ] ]'
  const list = '{"{\\"b\\":1.0, \\"b\\":2}","9007199254740993","\\"],\\\\\\"[\\"","[ ]"}'
  expect(arrayOf(json).toCopy(arrayOf(json).parse(cell) as never)).toBe(list)
})

test('null is an element if elements may be null, but never a word', () => {
  const some = arrayOf(text, { nullable: true })
  expect(some.parse('[null,"NULL",""]')).toEqual([null, 'NULL', ''])
  expect(some.fromJson([null])).toEqual([null])
  expect(some.parse('a,,null')).toEqual(['a', 'null'])
  expect(some.toCopy([null, 'NULL', ''] as never)).toBe('{NULL,"NULL",""}')
  expect(some.parse('{NULL,"NULL",null,"",a}')).toEqual([null, 'NULL', null, '', 'a'])
  expect(some.showJson?.([null, 'a'] as never)).toBe('[null,"a"]')
  expect(some.show?.([null, 'NULL', '', 'a'] as never)).toBe('{NULL,"NULL","",a}')
  expect(some.fromJson([[null]])).toBeInstanceOf(InvalidValue)
})

describe('the literal for COPY, before it is escaped', () => {
  test.each<[name: string, elements: string[], literal: string]>([
    ['no elements', [], '{}'],
    ['empty text', [''], '{""}'],
    ['two words', ['a', 'b'], '{"a","b"}'],
    ['the word NULL', ['NULL'], '{"NULL"}'],
    ['a comma and braces', ['a,b', '{}'], '{"a,b","{}"}'],
    ['a quote', ['a"b'], '{"a\\"b"}'],
    ['a backslash', ['a\\b'], '{"a\\\\b"}'],
    ['a backslash before a quote', ['\\"'], '{"\\\\\\""}'],
    ['spaces and line endings', [' a ', 'b\nc\t'], '{" a ","b\nc\t"}'],
    ['multibyte text', ['é😀'], '{"é😀"}'],
  ])('%s', (_, elements, literal) => {
    expect(texts.toCopy(elements as never)).toBe(literal)
  })

  test('other types', () => {
    expect(arrayOf(boolean).toCopy([true, false] as never)).toBe('{"t","f"}')
    expect(arrayOf(integer).toCopy([1, -2] as never)).toBe('{"1","-2"}')
    expect(arrayOf(float).toCopy([1e21, -0] as never)).toBe('{"1e+21","-0"}')
    expect(arrayOf(numeric).toCopy(['0.10'] as never)).toBe('{"0.10"}')
    expect(arrayOf(json).toCopy(arrayOf(json).fromJson([{ a: '"' }, []]) as never)).toBe(
      '{"{\\"a\\":\\"\\\\\\"\\"}","[]"}',
    )
  })

  test('it is escaped for COPY, since it can hold special characters', () => {
    expect(texts.isPlain).not.toBe(true)
    expect(arrayOf(integer).isPlain).not.toBe(true)
  })
})

test('the staging type is an array of the element’s', () => {
  expect(texts.stagingType).toBe('text[]')
  expect(arrayOf(float).stagingType).toBe('double precision[]')
})
