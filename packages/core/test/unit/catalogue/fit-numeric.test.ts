// Which decimals a numeric(p, s) keeps to the last digit.
import { describe, expect, test } from 'vitest'
import { fitsNumeric, numericLimits } from '../../../src/engine/catalogue/fit/fit-numeric.ts'

/** As PostgreSQL packs it: precision in the upper half, scale in the lower eleven bits, and four. */
const typmod = (precision: number, scale: number) => ((precision << 16) | (scale & 0x7ff)) + 4
const fits = (text: string, precision: number, scale: number) =>
  fitsNumeric(text, numericLimits(typmod(precision, scale)))

describe('numeric(10, 2)', () => {
  test.each([
    '0',
    '-0',
    '0.00',
    '.5',
    '1.',
    '12345678.99',
    '-12345678.99',
    '0000000000000012345678',
    '1.5000000',
    '000.10',
  ])('accepts %s', text => expect(fits(text, 10, 2)).toBe(true))
  test.each(['123456789', '-123456789.00', '0.001', '1.005', '12345678.990000001', '100000000'])(
    'does not accept %s',
    text => expect(fits(text, 10, 2)).toBe(false),
  )
  test('states the maximum number of digits', () => {
    expect(numericLimits(typmod(10, 2)).expectation).toBe(
      'must have at most 8 digits before the decimal point and 2 after it',
    )
    expect(numericLimits(typmod(1, 0)).expectation).toBe(
      'must have at most 1 digit before the decimal point and 0 after it',
    )
  })
})

describe('unusual scales', () => {
  test.each<[text: string, precision: number, scale: number, kept: boolean]>([
    // numeric(3, -2) keeps whole hundreds, up to 99900.
    ['12300', 3, -2, true],
    ['99900.0', 3, -2, true],
    ['12350', 3, -2, false],
    ['100000', 3, -2, false],
    ['1', 3, -2, false],
    ['0', 3, -2, true],
    // numeric(3, 5) keeps from 0.00001 to 0.00999.
    ['0.00999', 3, 5, true],
    ['0.00001', 3, 5, true],
    ['0.01', 3, 5, false],
    ['0.000001', 3, 5, false],
    // The widest there is.
    [`${'9'.repeat(1000)}`, 1000, 0, true],
    [`${'9'.repeat(1001)}`, 1000, 0, false],
  ])('%s in numeric(%i, %i): %s', (text, precision, scale, kept) =>
    expect(fits(text, precision, scale)).toBe(kept),
  )

  test('a value that does not fit is reported with the type, if digits before the point mean nothing', () => {
    expect(numericLimits(typmod(3, -2)).expectation).toBe('must fit numeric(3, -2) without being rounded')
    expect(numericLimits(typmod(3, 5)).expectation).toBe('must fit numeric(3, 5) without being rounded')
  })
})
