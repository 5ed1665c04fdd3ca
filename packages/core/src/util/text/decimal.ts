// Compares and divides decimal numbers given as text, exactly and with any number of digits.

/** `digits × 10^exponent`, without leading or trailing zeros; zero has no digits. */
interface Decimal {
  readonly isNegative: boolean
  readonly digits: string
  readonly exponent: number
}

const form = /^([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?$/

/** True for text that `compareDecimals` and `isMultipleOf` accept. */
export function isDecimal(text: string): boolean {
  return form.test(text) && /^[-+]?\.?\d/.test(text)
}

/** Negative if `one` is less than `other`, positive if it is greater, 0 if they are equal. */
export function compareDecimals(one: string, other: string): number {
  // Rounding preserves the order, so only equal doubles need an exact comparison.
  const difference = Number(one) - Number(other)
  if (difference !== 0 && !Number.isNaN(difference)) return difference
  const [a, b] = [decimalOf(one), decimalOf(other)]
  if (a.isNegative !== b.isNegative) return a.isNegative ? -1 : 1
  return a.isNegative ? -compareSizes(a, b) : compareSizes(a, b)
}

/** True if `value` is an integer multiple of `step`. */
export function isMultipleOf(value: string, step: string): boolean {
  const [a, b] = [decimalOf(value), decimalOf(step)]
  if (a.digits === '') return true
  if (b.digits === '') return false
  const exponent = Math.min(a.exponent, b.exponent)
  return wholeOf(a, exponent) % wholeOf(b, exponent) === 0n
}

function decimalOf(text: string): Decimal {
  const [, sign = '', whole = '', fraction = '', power = '0'] = form.exec(text) ?? []
  const all = `${whole}${fraction}`
  let first = 0
  let end = all.length
  while (first < end && all[first] === '0') first++
  while (end > first && all[end - 1] === '0') end--
  const digits = all.slice(first, end)
  return {
    isNegative: sign === '-' && digits !== '',
    digits,
    exponent: Number(power) - fraction.length + (all.length - end),
  }
}

function compareSizes(a: Decimal, b: Decimal): number {
  if (a.digits === '' || b.digits === '') return a.digits.length - b.digits.length
  const places = a.digits.length + a.exponent - (b.digits.length + b.exponent)
  if (places !== 0) return places
  return a.digits < b.digits ? -1 : a.digits > b.digits ? 1 : 0
}

/** The number in units of `10^exponent`. */
function wholeOf({ digits, exponent: own }: Decimal, exponent: number): bigint {
  return BigInt(digits + '0'.repeat(own - exponent))
}
