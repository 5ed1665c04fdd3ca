// Rules of single fields: lengths in code points, patterns, formats, literals and bounds, and their messages.
import { type TSchema, Type } from '@sinclair/typebox'
import { describe, expect, test } from 'vitest'
import { defineResource } from '../../../src/engine/resource/define.ts'
import { compileRules } from '../../../src/engine/validation/field-rule.ts'
import { LadingError } from '../../../src/errors/lading-error.ts'
import { judged } from '../../fixtures/judged-fixture.ts'

const resourceOf = (it: TSchema) => defineResource('things', { table: 'things', schema: Type.Object({ it }) })

const messages = async (schema: TSchema, from: 'text' | 'json', it: unknown) =>
  (await judged(resourceOf(schema), from, { it })).map(error => error.message)

describe('the length of text is counted in code points', () => {
  const upTo50 = Type.String({ maxLength: 50 })
  const atLeast3 = Type.String({ minLength: 3 })
  const tooLong = ['"it" is longer than 50 characters.']
  const tooShort = ['"it" is shorter than 3 characters.']

  test.each<[name: string, schema: TSchema, value: string, messages: string[]]>([
    ['50 letters', upTo50, 'a'.repeat(50), []],
    ['51 letters', upTo50, 'a'.repeat(51), tooLong],
    ['50 emoji, which are 100 UTF-16 units', upTo50, '😀'.repeat(50), []],
    ['51 emoji', upTo50, '😀'.repeat(51), tooLong],
    ['49 letters and an emoji', upTo50, `${'a'.repeat(49)}😀`, []],
    ['50 letters and an emoji', upTo50, `${'a'.repeat(50)}😀`, tooLong],
    ['25 letters with combining marks', upTo50, 'e\u0301'.repeat(25), []],
    ['26 letters with combining marks', upTo50, 'e\u0301'.repeat(26), tooLong],
    ['50 spaces', upTo50, ' '.repeat(50), []],
    ['3 letters', atLeast3, 'abc', []],
    ['3 emoji', atLeast3, '😀😀😀', []],
    ['2 letters', atLeast3, 'ab', tooShort],
    ['2 emoji, which are 4 UTF-16 units', atLeast3, '😀😀', tooShort],
  ])('%s', async (_, schema, value, expected) => {
    expect(await messages(schema, 'text', value)).toEqual(expected)
    expect(await messages(schema, 'json', value)).toEqual(expected)
  })

  test('a length error takes precedence over a pattern or a format', async () => {
    expect(await messages(Type.String({ maxLength: 5, pattern: '^a$' }), 'text', 'bbbbbb')).toEqual([
      '"it" is longer than 5 characters.',
    ])
  })
})

describe('what a value must be', () => {
  test.each<[name: string, schema: TSchema, good: unknown, bad: unknown, message: string]>([
    ['a pattern', Type.String({ pattern: '^[a-z]+$' }), 'abc', 'Abc', '"it" must have the form ^[a-z]+$.'],
    [
      'a format',
      Type.String({ format: 'email' }),
      'a@b.ch',
      'a@b',
      '"it" must be an e-mail address, such as ada@example.org.',
    ],
    [
      'a description',
      Type.String({ pattern: '^a', description: 'a word with a' }),
      'ab',
      'b',
      '"it" must be a word with a.',
    ],
    ['one literal', Type.Literal('a'), 'a', 'b', '"it" must be a.'],
    [
      'several literals',
      Type.Union([Type.Literal('a'), Type.Literal('b')]),
      'b',
      'A',
      '"it" must be one of a, b.',
    ],
    [
      'several literals or null',
      Type.Union([Type.Literal('a'), Type.Literal('b'), Type.Null()]),
      'b',
      'c',
      '"it" must be one of a, b.',
    ],
    [
      'a literal that is an object member',
      Type.Union([Type.Literal('a'), Type.Literal('b')]),
      'a',
      'constructor',
      '"it" must be one of a, b.',
    ],
    ['an integer', Type.Integer(), 7, 7.5, '"it" must be a whole number.'],
    ['an integer from 1', Type.Integer({ minimum: 1 }), 1, 0, '"it" must be at least 1.'],
    ['a number below 10', Type.Number({ exclusiveMaximum: 10 }), 9.5, 10, '"it" must be less than 10.'],
    ['a boolean', Type.Boolean(), true, 1, '"it" must be true or false.'],
    [
      'a UUID',
      Type.String({ format: 'uuid' }),
      '6f304cd1-8a43-4417-aec7-55f419572494',
      'x',
      '"it" must be a UUID, such as 6f304cd1-8a43-4417-aec7-55f419572494.',
    ],
    [
      'a date',
      Type.String({ format: 'date' }),
      '2024-02-29',
      '2023-02-29',
      '"it" must be a date, such as 2024-01-31.',
    ],
    [
      'a decimal number',
      Type.String({ format: 'decimal' }),
      '0.10',
      '1e2',
      '"it" must be a decimal number without exponent.',
    ],
    [
      'a 64-bit number',
      Type.String({ format: 'int64' }),
      '9223372036854775807',
      '9223372036854775808',
      '"it" must be a 64-bit whole number.',
    ],
    ['a BigInt from 1', Type.BigInt({ minimum: 1n }), '9007199254740993', '0', '"it" must be at least 1.'],
    ['a list', Type.Array(Type.String()), ['a'], 'a', '"it" must be a list.'],
    [
      'a list of at most one',
      Type.Array(Type.String(), { maxItems: 1 }),
      ['a'],
      ['a', 'b'],
      '"it" must have at most 1 element.',
    ],
    [
      'a list of UUIDs',
      Type.Array(Type.String({ format: 'uuid' })),
      ['6f304cd1-8a43-4417-aec7-55f419572494'],
      ['x'],
      'Element 1 of "it" must be a UUID, such as 6f304cd1-8a43-4417-aec7-55f419572494.',
    ],
    [
      'a list of e-mail addresses',
      Type.Array(Type.String({ format: 'email' })),
      ['a@b.ch'],
      ['a@b.ch', 'x'],
      'Element 2 of "it" must be an e-mail address, such as ada@example.org.',
    ],
    [
      'a list of literals',
      Type.Array(Type.Union([Type.Literal('a'), Type.Literal('b')])),
      ['a', 'b', 'a'],
      ['c'],
      'Element 1 of "it" must be one of a, b.',
    ],
    ['an object', Type.Object({ a: Type.Number() }), { a: 1 }, { a: '1' }, '"a" in "it" must be a number.'],
    [
      'an object of no other members',
      Type.Object({}, { additionalProperties: false }),
      {},
      { b: 1 },
      '"it" must not have the key "b".',
    ],
  ])('%s', async (_, schema, good, bad, message) => {
    expect(await messages(schema, 'json', good)).toEqual([])
    expect(await messages(schema, 'json', bad)).toEqual([message])
  })

  test('NUL and halves of surrogate pairs have their own codes', async () => {
    const [nul] = await judged(resourceOf(Type.String({ maxLength: 1 })), 'json', { it: 'a\0bc' })
    expect(nul).toMatchObject({
      code: 'NUL_CHARACTER',
      message: '"it" contains a NUL character (U+0000), which PostgreSQL cannot store; remove it.',
    })
    const [half] = await judged(resourceOf(Type.String()), 'json', { it: 'a\ud800' })
    expect(half).toMatchObject({
      code: 'ILL_FORMED_TEXT',
      message: '"it" contains half of a surrogate pair, which is not valid Unicode; remove it.',
    })
  })

  test('inherited members do not count as required members of a JSON object', async () => {
    const hostile = JSON.parse('{"it":{"__proto__":{"isAdmin":true}}}')
    const schema = Type.Object({ isAdmin: Type.Boolean() })
    expect(await messages(schema, 'json', hostile.it)).toEqual(['"isAdmin" in "it" is required.'])
  })
})

describe('a format that is not registered is rejected when the rules are compiled', () => {
  test.each<[name: string, schema: TSchema, format: string]>([
    ['of a field', Type.String({ format: 'phone' }), 'phone'],
    ['of a nullable field', Type.Union([Type.String({ format: 'phone' }), Type.Null()]), 'phone'],
    ['of an element', Type.Array(Type.String({ format: 'ipv4' })), 'ipv4'],
    ['of a member', Type.Object({ a: Type.Object({ b: Type.String({ format: 'uri' }) }) }), 'uri'],
    ['of an object member’s name', Type.String({ format: 'constructor' }), 'constructor'],
  ])('%s', (_, schema, format) => {
    const compile = () => compileRules(resourceOf(schema))
    expect(compile).toThrow(LadingError)
    expect(compile).toThrow(
      `Resource "things": field "it" has the unknown format "${format}"; register it with TypeBox's FormatRegistry.`,
    )
  })

  test.each(['email', 'uuid', 'date', 'date-time', 'int64', 'decimal'])('%s is known', format => {
    expect(compileRules(resourceOf(Type.String({ format })))).toHaveLength(1)
  })
})
