// boolean, uuid and text: which texts and JSON values they accept.
import { describe, expect, test } from 'vitest'
import { boolean } from '../../../src/engine/value/boolean.ts'
import { InvalidValue } from '../../../src/engine/value/codec.ts'
import { text } from '../../../src/engine/value/text.ts'
import { uuid } from '../../../src/engine/value/uuid.ts'

describe('boolean', () => {
  test.each<[word: string, value: boolean, copied: string]>([
    ['true', true, 't'],
    ['TRUE', true, 't'],
    ['True', true, 't'],
    ['1', true, 't'],
    ['t', true, 't'],
    ['T', true, 't'],
    ['false', false, 'f'],
    ['FALSE', false, 'f'],
    ['False', false, 'f'],
    ['0', false, 'f'],
    ['f', false, 'f'],
    ['F', false, 'f'],
  ])('%s is %s', (word, value, copied) => {
    expect(boolean.parse(word)).toBe(value)
    expect(boolean.fromJson(word)).toBe(value)
    expect(boolean.toCopy(value as never)).toBe(copied)
  })

  test.each([
    'yes',
    'no',
    'y',
    'n',
    'on',
    'off',
    'maybe',
    'tRUE',
    'Y',
    'tr',
    ' true',
    'true ',
    '2',
    '-1',
    '01',
    'wahr',
    'constructor',
    '__proto__',
    '',
  ])('%j is not valid', word => {
    expect(boolean.parse(word)).toBeInstanceOf(InvalidValue)
    expect(boolean.fromJson(word)).toBeInstanceOf(InvalidValue)
  })

  test.each([[1], [0], [[]], [[true]], [{}], [null]])('the JSON value %j is not valid', value => {
    expect(boolean.fromJson(value)).toBeInstanceOf(InvalidValue)
  })

  test('JSON booleans are themselves', () => {
    expect(boolean.fromJson(true)).toBe(true)
    expect(boolean.fromJson(false)).toBe(false)
  })
})

describe('uuid', () => {
  test.each([
    '6f304cd1-8a43-4417-aec7-55f419572494',
    '6F304CD1-8A43-4417-AEC7-55F419572494',
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
  ])('%s is a UUID', value => {
    expect(uuid.parse(value)).toBe(value)
    expect(uuid.fromJson(value)).toBe(value)
  })

  test.each([
    '{6f304cd1-8a43-4417-aec7-55f419572494}',
    'urn:uuid:6f304cd1-8a43-4417-aec7-55f419572494',
    '6f304cd18a434417aec755f419572494',
    '6f304cd1-8a43-4417-aec7-55f41957249',
    '6f304cd1-8a43-4417-aec7-55f4195724944',
    '6f304cd1-8a434417-aec7-55f4-19572494',
    'gf304cd1-8a43-4417-aec7-55f419572494',
    ' 6f304cd1-8a43-4417-aec7-55f419572494',
    '6f304cd1-8a43-4417-aec7-55f419572494\n',
    '6f304cd1‐8a43‐4417‐aec7‐55f419572494',
    '６f304cd1-8a43-4417-aec7-55f419572494',
    'cm_6f304cd1-8a43-4417-aec7-55f419572494',
    '1',
    '',
    '\0',
  ])('%j is not valid', value => {
    expect(uuid.parse(value)).toBeInstanceOf(InvalidValue)
    expect(uuid.fromJson(value)).toBeInstanceOf(InvalidValue)
  })

  test.each([[1], [{}], [null], [['6f304cd1-8a43-4417-aec7-55f419572494']]])(
    'the JSON value %j is not valid',
    value => {
      expect(uuid.fromJson(value)).toBeInstanceOf(InvalidValue)
    },
  )
})

describe('text', () => {
  test.each([
    '',
    ' ',
    'a',
    '\t\n\r',
    '\\.',
    '\\N',
    '\\\\',
    '=1+1',
    '@x',
    '-1',
    '+1',
    'null',
    'NULL',
    '\u0001',
    '\u007f',
    '\uffff',
    '\u{10ffff}',
    'e\u0301',
    'é',
    '👩\u200d🚀',
    '\ufeff',
    '\u202e',
    '\u2028',
    '"\'`',
    '<script>alert(0)</script>',
    "Robert'); DROP TABLE users;--",
  ])('%j is kept as it is', value => {
    expect(text.parse(value)).toBe(value)
    expect(text.fromJson(value)).toBe(value)
    expect(text.toCopy(value as never)).toBe(value)
  })

  test.each(['\0', 'a\0b', 'a\0', '\0\ud800'])('%j holds a NUL character', value => {
    expect(text.parse(value)).toMatchObject({
      code: 'NUL_CHARACTER',
      message: 'contains a NUL character (U+0000), which PostgreSQL cannot store; remove it',
    })
    expect(text.fromJson(value)).toMatchObject({ code: 'NUL_CHARACTER' })
  })

  test.each(['\ud800', '\udc00', 'a\ud83d', '\ude00a', '\ude00\ud83d'])(
    '%j holds half of a surrogate pair',
    value => {
      expect(text.fromJson(value)).toMatchObject({
        code: 'ILL_FORMED_TEXT',
        message: 'contains half of a surrogate pair, which is not valid Unicode; remove it',
      })
      // A decoder never yields such text, but a field's transform can.
      expect(text.parse(value)).toMatchObject({ code: 'ILL_FORMED_TEXT' })
    },
  )

  test.each([[1], [true], [{}], [[]], [['a']], [null]])('the JSON value %j is not valid', value => {
    expect(text.fromJson(value)).toBeInstanceOf(InvalidValue)
  })
})
