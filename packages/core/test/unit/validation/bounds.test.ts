// Messages name the rule that a number or a text broke, with its bound: from cells and from JSON, alone and in lists.
import { type TSchema, Type } from '@sinclair/typebox'
import { describe, expect, test } from 'vitest'
import { judged, resourceOf, saidOf } from '../../fixtures/judged-fixture.ts'

const decimal = (rules: object) => Type.String({ format: 'decimal', ...rules })
const int64 = (rules: object) => Type.String({ format: 'int64', ...rules })

describe('a number', () => {
  test.each<[name: string, schema: TSchema, good: string[], bad: [cell: string, said: string][]]>([
    [
      'between bounds',
      Type.Integer({ minimum: 1, maximum: 5 }),
      ['1', '5'],
      [
        ['9', 'must be between 1 and 5'],
        ['0', 'must be between 1 and 5'],
        ['99999999999999999999', 'must be between 1 and 5'],
        ['2.5', 'must be a whole number'],
        ['x', 'must be a whole number'],
      ],
    ],
    ['from a bound', Type.Number({ minimum: 0 }), ['0', '1e3'], [['-1', 'must be at least 0']]],
    ['up to a bound', Type.Number({ maximum: 1.5 }), ['1.5'], [['1e400', 'must be at most 1.5']]],
    ['above a bound', Type.Number({ exclusiveMinimum: 0 }), ['0.01'], [['0', 'must be greater than 0']]],
    ['below a bound', Type.Integer({ exclusiveMaximum: 10 }), ['9'], [['10', 'must be less than 10']]],
    [
      'between a bound that belongs and one that does not',
      Type.Number({ minimum: 0, exclusiveMaximum: 1 }),
      ['0', '0.999'],
      [['1', 'must be at least 0 and less than 1']],
    ],
    ['of one value', Type.Integer({ minimum: 3, maximum: 3 }), ['3'], [['4', 'must be 3']]],
    ['of even steps', Type.Integer({ multipleOf: 2 }), ['-4', '0'], [['3', 'must be a multiple of 2']]],
    [
      'of steps that are not a binary fraction',
      Type.Number({ multipleOf: 0.05 }),
      ['0.15', '0.05', '19.95', '1e15'],
      [['0.07', 'must be a multiple of 0.05']],
    ],
    [
      'of several rules: the first that is broken',
      Type.Number({ minimum: 0, multipleOf: 0.5 }),
      ['0.5'],
      [
        ['-0.3', 'must be at least 0'],
        ['0.3', 'must be a multiple of 0.5'],
      ],
    ],
    ['in a list', Type.Integer({ enum: [10, 20] }), ['20'], [['15', 'must be one of 10, 20']]],
    ['that is one', Type.Integer({ const: 7 }), ['7'], [['8', 'must be 7']]],
    [
      'without bounds, beyond exactly represented numbers',
      Type.Integer(),
      ['9007199254740991'],
      [['99999999999999999999', 'must be between -9007199254740991 and 9007199254740991']],
    ],
    [
      'of a format of OpenAPI',
      Type.Integer({ format: 'int32', minimum: 0 }),
      ['2147483647'],
      [
        ['2147483648', 'must be between 0 and 2147483647'],
        ['99999999999999999999', 'must be between 0 and 2147483647'],
        ['-1', 'must be between 0 and 2147483647'],
      ],
    ],
    ['of a format that holds all of its type', Type.Integer({ format: 'int64' }), ['9007199254740991'], []],
    [
      'of a format of fractions',
      Type.Number({ format: 'float' }),
      ['3.4e38'],
      [['3.5e38', 'must be between -3.4028235e+38 and 3.4028235e+38']],
    ],
    [
      'of 64 bits',
      Type.BigInt({ minimum: 1n, maximum: 9007199254740993n }),
      ['9007199254740993'],
      [
        ['9007199254740994', 'must be between 1 and 9007199254740993'],
        ['99999999999999999999', 'must be between 1 and 9007199254740993'],
        ['1.5', 'must be a 64-bit whole number'],
      ],
    ],
    [
      'of 64 bits as text',
      int64({ exclusiveMinimum: '9007199254740993', multipleOf: 3 }),
      ['9007199254740996'],
      [
        ['9007199254740993', 'must be greater than 9007199254740993'],
        ['9007199254740997', 'must be a multiple of 3'],
      ],
    ],
    [
      'of many digits',
      decimal({ minimum: 0, maximum: '0.30000000000000000001' }),
      ['0', '-0', '0.3', '0.300000000000000000010'],
      [
        ['-0.00000000000000000001', 'must be between 0 and 0.30000000000000000001'],
        ['0.30000000000000000002', 'must be between 0 and 0.30000000000000000001'],
        ['1e2', 'must be a decimal number without exponent'],
      ],
    ],
    [
      'of many digits, in steps',
      decimal({ multipleOf: 0.05 }),
      ['123456789012345678901234567890.15', '.05', '-0.10'],
      [['123456789012345678901234567890.16', 'must be a multiple of 0.05']],
    ],
    [
      'of many digits, in a list',
      decimal({ enum: ['1.5', '2'] }),
      ['1.50', '2.0'],
      [['3', 'must be one of 1.5, 2']],
    ],
  ])('%s', async (_, schema, good, bad) => {
    for (const cell of good) expect(await saidOf(schema, 'text', cell)).toEqual([])
    for (const [cell, said] of bad) {
      expect(await saidOf(schema, 'text', cell)).toEqual([`"it" ${said}.`])
      // A cell without a comma is a list of one element.
      expect(await saidOf(Type.Array(schema), 'text', cell)).toEqual([`Element 1 of "it" ${said}.`])
    }
  })

  test.each<[schema: TSchema, given: unknown, said: string]>([
    [Type.Integer({ minimum: 1, maximum: 5 }), 9, '"it" must be between 1 and 5.'],
    [Type.Integer({ minimum: 1, maximum: 5 }), 1e30, '"it" must be between 1 and 5.'],
    [Type.Integer({ minimum: 1, maximum: 5 }), '3', '"it" must be a whole number.'],
    [Type.Integer({ minimum: 1, maximum: 5 }), 2.5, '"it" must be a whole number.'],
    [Type.Integer({ enum: [1, 2] }), 'x', '"it" must be one of 1, 2.'],
    [Type.Boolean({ const: true }), false, '"it" must be true.'],
    [Type.Array(Type.Integer({ maximum: 5 })), [1, 9, 10], 'Element 2 of "it" must be at most 5.'],
    [
      Type.Array(Type.Array(Type.Integer({ maximum: 5 }))),
      [
        [1, 2],
        [3, 9],
      ],
      'Element [2][2] of "it" must be at most 5.',
    ],
    [
      Type.Array(Type.Union([Type.Number({ minimum: 0 }), Type.Null()])),
      [null, -1],
      'Element 2 of "it" must be at least 0.',
    ],
    [Type.Optional(Type.Union([Type.Number({ minimum: 0 }), Type.Null()])), -1, '"it" must be at least 0.'],
  ])('of JSON: %j with %j', async (schema, given, said) => {
    expect(await saidOf(schema, 'json', given)).toEqual([said])
  })
})

describe('a text', () => {
  test.each<[name: string, schema: TSchema, good: string, bad: string, said: string]>([
    ['of a least length', Type.String({ minLength: 2 }), 'ab', 'a', 'is shorter than 2 characters'],
    ['of a greatest length', Type.String({ maxLength: 1 }), '😀', 'ab', 'is longer than 1 character'],
    ['of a form', Type.String({ pattern: '^[A-Z]{3}$' }), 'ABC', 'abc', 'must have the form ^[A-Z]{3}$'],
    [
      'of a form with words for it',
      Type.String({ pattern: '^[A-Z]{3}$', description: 'three capital letters' }),
      'ABC',
      'abc',
      'must be three capital letters',
    ],
    [
      'or nothing, with words for both',
      Type.Union([Type.String({ pattern: '^[A-Z]{3}$' }), Type.Null()], {
        description: 'three capital letters',
      }),
      'ABC',
      'abc',
      'must be three capital letters',
    ],
    [
      'of a form with a note',
      Type.String({ pattern: '^[A-Z]{3}$', description: 'The code of the airport.' }),
      'ABC',
      'abc',
      'must have the form ^[A-Z]{3}$ (The code of the airport)',
    ],
    [
      'whose length is wrong, whatever its description',
      Type.String({ minLength: 3, description: 'a word' }),
      'abc',
      'ab',
      'is shorter than 3 characters',
    ],
    ['in a list', Type.String({ enum: ['new', 'used'] }), 'used', 'old', 'must be one of new, used'],
    ['that is one', Type.String({ const: 'new' }), 'new', 'old', 'must be new'],
    [
      'of a union',
      Type.Union([Type.Literal('none'), Type.String({ pattern: '^[0-9]+$' })]),
      'none',
      'x',
      'must be none or must have the form ^[0-9]+$',
    ],
    [
      'uuid with a form',
      Type.String({ format: 'uuid', pattern: '^6' }),
      '6f304cd1-8a43-4417-aec7-55f419572494',
      '7f304cd1-8a43-4417-aec7-55f419572494',
      'must have the form ^6',
    ],
    ['decimal of a length', decimal({ maxLength: 4 }), '1.25', '1.125', 'is longer than 4 characters'],
    [
      'date in a list',
      Type.String({ format: 'date', enum: ['2024-01-31', '2024-02-29'] }),
      '2024-01-31',
      '2024-02-01',
      'must be one of 2024-01-31, 2024-02-29',
    ],
  ])('%s', async (_, schema, good, bad, said) => {
    for (const from of ['text', 'json'] as const) {
      expect(await saidOf(schema, from, good)).toEqual([])
      expect(await saidOf(schema, from, bad)).toEqual([`"it" ${said}.`])
    }
    expect(await saidOf(Type.Array(schema), 'json', [good, bad])).toEqual([`Element 2 of "it" ${said}.`])
  })

  test('that is too long has its own code, even if the column is not text', async () => {
    const resource = resourceOf(decimal({ maxLength: 3 }), { codes: { tooLong: 'TOO_LONG' } })
    expect((await judged(resource, 'text', { it: '12.5' })).map(({ code }) => code)).toEqual(['TOO_LONG'])
  })
})
