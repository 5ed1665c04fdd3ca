// Decimal digits that a numeric(p, s) keeps: which decimal texts fit it without being rounded.

export interface NumericLimits {
  /** Power of ten of the first digit that is too high for the column. */
  readonly ceiling: number
  /** Power of ten of the last digit that the column keeps. */
  readonly floor: number
  /** "must …", for messages. */
  readonly expectation: string
}

/** Unpacks a type modifier (numeric.c, `make_numeric_typmod`); scales are negative or beyond the precision since 15. */
export function numericLimits(typmod: number): NumericLimits {
  const packed = typmod - 4
  const precision = (packed >> 16) & 0xffff
  const scale = ((packed & 0x7ff) ^ 1024) - 1024
  const before = precision - scale
  return {
    ceiling: before,
    floor: -scale,
    expectation:
      scale >= 0 && before >= 0
        ? `must have at most ${before} ${before === 1 ? 'digit' : 'digits'} before the decimal point and ${scale} behind it`
        : `must fit numeric(${precision}, ${scale}) without being rounded`,
  }
}

/** @param text a decimal number without exponent. Zeros at both ends take no room. */
export function fitsNumeric(text: string, { ceiling, floor }: NumericLimits): boolean {
  const point = text.indexOf('.')
  const units = point === -1 ? text.length : point
  let first = 0
  while (first < text.length && !isDigit(text, first)) first++
  if (first === text.length) return true
  let last = text.length - 1
  while (!isDigit(text, last)) last--
  return power(first, units) < ceiling && power(last, units) >= floor
}

/** A digit from 1 to 9. */
function isDigit(text: string, index: number): boolean {
  const code = text.charCodeAt(index)
  return code > 0x30 && code <= 0x39
}

/** Power of ten of the digit at `index`, where `units` is the place behind the units. */
function power(index: number, units: number): number {
  return index < units ? units - 1 - index : units - index
}
