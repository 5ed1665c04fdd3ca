// The text of each value within an object or a list, to the letter.
import { expect, test } from 'vitest'
import { elementTexts, memberTexts } from './json-text.ts'

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
