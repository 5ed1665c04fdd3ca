import { expect, test } from 'vitest'
import {
  hookTimeout,
  numberWithin,
  positiveNumber,
  timerSeconds,
  wholeNumber,
} from '../../../src/config/numbers.ts'

test('a number within its bounds is returned', () => {
  expect(wholeNumber('rows', 1, { minimum: 1 })).toBe(1)
  expect(wholeNumber('rows', 9, { minimum: 1, maximum: 9 })).toBe(9)
  expect(numberWithin('seconds', 0.5, { minimum: 0 })).toBe(0.5)
  expect(positiveNumber('rate', 0.1)).toBe(0.1)
  expect(timerSeconds('wait', 2_000_000)).toBe(2_000_000)
  expect(hookTimeout(86_400)).toBe(86_400)
})

test.each([0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '4' as unknown as number])(
  '%j is not a whole number from 1',
  value => {
    expect(() => wholeNumber('rows', value, { minimum: 1 })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: 'The option rows must be a whole number from 1.',
      }),
    )
  },
)

test('the fault names the option, its bounds and the given code', () => {
  expect(() => wholeNumber('limit', 0, { minimum: 1, maximum: 9, code: 'OPTION_INVALID' })).toThrow(
    expect.objectContaining({
      code: 'OPTION_INVALID',
      message: 'The option limit must be a whole number from 1 to 9.',
    }),
  )
  expect(() => numberWithin('seconds', -1, { minimum: 0 })).toThrow(
    'The option seconds must be a number from 0.',
  )
  expect(() => positiveNumber('rate', 0)).toThrow('The option rate must be a number above 0.')
  expect(() => timerSeconds('wait', 2_000_001)).toThrow(
    'The option wait must be a number above 0, up to 2000000.',
  )
})
