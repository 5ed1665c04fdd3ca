// The exact text of each value in an object or an array.
import { expect, test } from 'vitest'
import { elementTexts, memberTexts, repeatedKey } from '../../../src/engine/record/json-text.ts'

test.each<[json: string, members: [key: string, text: string][]]>([
  ['{}', []],
  [' { } ', []],
  ['{"a":1}', [['a', '1']]],
  [
    '{ "a" : 1.0 ,\t"b":\n{"c": [1 , 2]} }\r',
    [
      ['a', '1.0'],
      ['b', '{"c": [1 , 2]}'],
    ],
  ],
  [
    '{"a:,}":"{,:","\\"b\\u00e9":"\\\\"}',
    [
      ['a:,}', '"{,:"'],
      ['"bé', '"\\\\"'],
    ],
  ],
  [
    '{"":[[{"x":","}],"]"],"n":null}',
    [
      ['', '[[{"x":","}],"]"]'],
      ['n', 'null'],
    ],
  ],
])('the members of %j', (json, members) => {
  expect([...memberTexts(json)]).toEqual(members)
})

test.each<[json: string, elements: string[]]>([
  ['[]', []],
  ['[ ]', []],
  [' [ 1e400 , "a,b" ]', ['1e400', '"a,b"']],
  ['[[],{},[1,2],"]",null]', ['[]', '{}', '[1,2]', '"]"', 'null']],
])('the elements of %j', (json, elements) => {
  expect(elementTexts(json)).toEqual(elements)
})

test.each<[json: string, key: string | undefined]>([
  ['{"x":"a","x":"b"}', 'x'],
  ['{"x":"a", "\\u0078" : "b"}', 'x'],
  ['{"a":1,"mapping":{"x":"a","y":"x","x":"b"}}', 'x'],
  ['[{"a":{}},{"b":[{"c":1,"c":2}]}]', 'c'],
  ['{"":1,"":2}', ''],
  ['{"a\\"b":1,"a\\"b":2}', 'a"b'],
  ['{"x":"a","y":"x","z":["x","x"],"w":{"x":1}}', undefined],
  ['[{"x":1},{"x":2}]', undefined],
  ['{"x":"x\\":","y":":"}', undefined],
  ['"x"', undefined],
])('the duplicate key in %s', (json, key) => {
  expect(repeatedKey(json)).toBe(key)
})
