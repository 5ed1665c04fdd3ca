// integer, bigint, numeric and float: which texts and JSON values are numbers, and how they are written to COPY.
import { describe, expect, test } from 'vitest'
import { type Codec, InvalidValue } from '../../../src/engine/value/codec.ts'
import { bigint } from '../../../src/engine/value/number/bigint.ts'
import { float } from '../../../src/engine/value/number/float.ts'
import { integer } from '../../../src/engine/value/number/integer.ts'
import { numeric } from '../../../src/engine/value/number/numeric.ts'

/** Not a number of any type, although spreadsheets or programs write it. */
const neverNumbers = [
  ' 1',
  '1 ',
  '1\n',
  '+1',
  '0x10',
  '0b1',
  '1_000',
  '1,000',
  '1n',
  '٣',
  '１',
  '--1',
  '-',
  'NaN',
  'nan',
  'Infinity',
  '-Infinity',
  'infinity',
  'one',
  'true',
  '1;2',
  '\0',
  '1\0',
  '−1',
  '½',
  '1e',
  'e1',
]
/** Not a number of any type as JSON. */
const neverJsonNumbers = [true, false, [], [1], {}, Number.NaN, Infinity, -Infinity, undefined]

/** The COPY text of a value, or 'refused'. */
const fromText = (codec: Codec, text: string) => copied(codec, codec.parse(text))
const fromJson = (codec: Codec, value: unknown) => copied(codec, codec.fromJson(value))
const copied = (codec: Codec, parsed: unknown) =>
  parsed instanceof InvalidValue ? 'refused' : codec.toCopy(parsed as never)

describe.each<[name: string, codec: Codec]>([
  ['integer', integer],
  ['bigint', bigint],
  ['numeric', numeric],
  ['float', float],
])('%s', (_, codec) => {
  test.each(neverNumbers)('rejects the text %j', text => {
    expect(fromText(codec, text)).toBe('refused')
    expect(fromJson(codec, text)).toBe('refused')
  })
  test.each(neverJsonNumbers.map(value => [value]))('rejects the value %s', value => {
    expect(fromJson(codec, value)).toBe('refused')
  })
  test('a hostile text of a million characters is rejected', () => {
    expect(fromText(codec, `${'1'.repeat(1_000_000)}x`)).toBe('refused')
    expect(fromText(codec, `${'-'.repeat(1_000_000)}1`)).toBe('refused')
  })
})

describe('integer', () => {
  test.each<[text: string, copied: string]>([
    ['0', '0'],
    ['-0', '0'],
    ['007', '7'],
    ['-1', '-1'],
    ['2147483647', '2147483647'],
    // PostgreSQL checks the range of the column.
    ['2147483648', '2147483648'],
    ['9007199254740991', '9007199254740991'],
    ['-9007199254740991', '-9007199254740991'],
    ['9007199254740992', 'refused'],
    ['9007199254740993', 'refused'],
    ['-9007199254740992', 'refused'],
    ['99999999999999999', 'refused'],
    ['1.0', 'refused'],
    ['1.', 'refused'],
    ['1e3', 'refused'],
    ['', 'refused'],
  ])('text %j → %s', (text, expected) => {
    expect(fromText(integer, text)).toBe(expected)
  })

  test.each<[value: unknown, copied: string]>([
    [0, '0'],
    [-0, '0'],
    [-7, '-7'],
    [9007199254740991, '9007199254740991'],
    [9007199254740992, 'refused'],
    [1.5, 'refused'],
    [1e300, 'refused'],
    ['1', 'refused'],
    [1n, 'refused'],
  ])('value %s → %s', (value, expected) => {
    expect(fromJson(integer, value)).toBe(expected)
  })
})

describe('bigint', () => {
  test.each<[text: string, copied: string]>([
    ['0', '0'],
    ['-0', '0'],
    ['0000000000000000007', '7'],
    ['9007199254740993', '9007199254740993'],
    ['9223372036854775807', '9223372036854775807'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['9223372036854775808', 'refused'],
    ['-9223372036854775809', 'refused'],
    ['9999999999999999999', 'refused'],
    ['10000000000000000000', 'refused'],
    ['1.0', 'refused'],
    ['1e3', 'refused'],
  ])('text %j → %s, in JSON strings too', (text, expected) => {
    expect(fromText(bigint, text)).toBe(expected)
    expect(fromJson(bigint, text)).toBe(expected)
  })

  test.each<[value: unknown, copied: string]>([
    [0, '0'],
    [-0, '0'],
    [9007199254740991, '9007199254740991'],
    [9007199254740992, 'refused'],
    [-9007199254740992, 'refused'],
    [1.5, 'refused'],
    [9223372036854775807n, '9223372036854775807'],
    [9223372036854775808n, 'refused'],
  ])('value %s → %s', (value, expected) => {
    expect(fromJson(bigint, value)).toBe(expected)
  })
})

describe('numeric', () => {
  test.each<[text: string, copied: string]>([
    ['0.1', '0.1'],
    ['123456789.99', '123456789.99'],
    ['123456789012', '123456789012'],
    ['0.10', '0.10'],
    ['-0', '-0'],
    ['.5', '.5'],
    ['-.5', '-.5'],
    ['5.', '5.'],
    ['00.00', '00.00'],
    ['0.1000000000000000055511151231257827', '0.1000000000000000055511151231257827'],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
    ['1e2', 'refused'],
    ['1E-2', 'refused'],
    ['1e400', 'refused'],
    ['.', 'refused'],
    ['-.', 'refused'],
    ['1.2.3', 'refused'],
    ['1,5', 'refused'],
  ])('text %j → %s, in JSON strings too', (text, expected) => {
    expect(fromText(numeric, text)).toBe(expected)
    expect(fromJson(numeric, text)).toBe(expected)
  })

  test.each<[name: string, text: string, accepted: boolean]>([
    ['131072 digits before the point', '9'.repeat(131_072), true],
    ['131073 digits before the point', '9'.repeat(131_073), false],
    ['16383 digits after the point', `0.${'9'.repeat(16_383)}`, true],
    ['16384 digits after the point', `0.${'9'.repeat(16_384)}`, false],
    ['16384 digits after a point alone', `.${'9'.repeat(16_384)}`, false],
  ])('%s', (_, text, accepted) => {
    expect(fromText(numeric, text)).toBe(accepted ? text : 'refused')
  })

  test.each<[value: unknown, copied: string]>([
    [0.1, '0.1'],
    [-0, '0'],
    [1e2, '100'],
    [123456789.99, '123456789.99'],
    [999999999999999, '999999999999999'],
    // JavaScript prints these with an exponent.
    [0.0000001, '0.0000001'],
    [-1.25e-10, '-0.000000000125'],
    [1e21, 'refused'],
    // JSON.parse may have rounded them.
    [JSON.parse('9999999999999999'), 'refused'],
    [0.1 + 0.2, 'refused'],
    [JSON.parse('1e400'), 'refused'],
    [12n, 'refused'],
  ])('value %s → %s', (value, expected) => {
    expect(fromJson(numeric, value)).toBe(expected)
  })
})

describe('float', () => {
  test.each<[text: string, copied: string]>([
    ['0', '0'],
    ['-0', '-0'],
    ['-0.0', '-0'],
    ['0e-400', '0'],
    // PostgreSQL rejects it too; 0 would be a different number.
    ['1e-400', 'refused'],
    ['-0.001e-330', 'refused'],
    ['1.50', '1.5'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1e3', '1000'],
    ['1E+3', '1000'],
    ['1e-7', '1e-7'],
    ['1.7976931348623157e308', '1.7976931348623157e+308'],
    ['1.7976931348623159e308', 'refused'],
    ['1e400', 'refused'],
    ['-1e400', 'refused'],
    ['1e9999', 'refused'],
    ['.', 'refused'],
    ['.e1', 'refused'],
    ['1.5.', 'refused'],
    ['9'.repeat(309), 'refused'],
  ])('text %j → %s', (text, expected) => {
    expect(fromText(float, text)).toBe(expected)
  })

  test.each<[value: unknown, copied: string]>([
    [0.1, '0.1'],
    [-0, '-0'],
    [5e-324, '5e-324'],
    ['0.1', 'refused'],
    [1n, 'refused'],
  ])('value %s → %s', (value, expected) => {
    expect(fromJson(float, value)).toBe(expected)
  })
})
