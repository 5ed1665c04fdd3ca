// Compares and divides decimal numbers as text, exactly and with any number of digits.
import { expect, test } from 'vitest'
import { compareDecimals, isDecimal, isMultipleOf } from '../../../src/util/text/decimal.ts'

test.each<[one: string, sign: -1 | 0 | 1, other: string]>([
  ['1', 0, '1.000'],
  ['-0', 0, '0.0'],
  ['.5', 0, '0.5'],
  ['0.1', 1, '0.09999999999999999999999'],
  ['9007199254740993', 1, '9007199254740992'],
  ['-9007199254740993', -1, '-9007199254740992'],
  ['0.30000000000000000001', 1, '0.3'],
  ['-0.30000000000000000001', -1, '-0.3'],
  ['100000000000000000000', 0, '1e20'],
  ['1e-7', 0, '0.0000001'],
  ['1e400', 1, '5'],
  ['1e400', -1, '1e401'],
  ['-1e400', -1, '1e400'],
  ['0', -1, '1e-400'],
])('%s compared with %s %s', (one, sign, other) => {
  expect(Math.sign(compareDecimals(one, other)) + 0).toBe(sign)
  expect(Math.sign(compareDecimals(other, one)) + 0).toBe(-sign + 0)
})

test.each<[value: string, step: string, isMultiple: boolean]>([
  ['0.15', '0.05', true],
  ['-0.15', '0.05', true],
  ['0.16', '0.05', false],
  ['0', '0.05', true],
  ['1e21', '7', false],
  ['1e300', '0.05', true],
  ['5e-324', '5e-324', true],
  ['1000000000000000000000000000001', '10', false],
  ['1000000000000000000000000000010', '10', true],
  ['0.0000000000000000000000000003', '0.0000000000000000000000000002', false],
])('%s and steps of %s: %s', (value, step, isMultiple) => {
  expect(isMultipleOf(value, step)).toBe(isMultiple)
})

test.each([
  ['1', true],
  ['-1.5e+3', true],
  ['.5', true],
  ['', false],
  ['-', false],
  ['.', false],
  ['e5', false],
  ['0x10', false],
  ['1_000', false],
])('%j is a decimal: %s', (text, is) => {
  expect(isDecimal(text)).toBe(is)
})
