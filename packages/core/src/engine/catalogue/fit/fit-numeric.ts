// The digits that a numeric(p, s) stores: which decimal numbers fit it without rounding.

export interface NumericLimits {
  /** Power of ten of the first digit that is too high for the column. */
  readonly ceiling: number
  /** Power of ten of the last digit that the column stores. */
  readonly floor: number
  /** Predicate for messages, starting with "must". */
  readonly expectation: string
}

/** Unpacks a type modifier (numeric.c, `make_numeric_typmod`). Since PostgreSQL 15 a scale may be negative or exceed the precision. */
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
        ? `must have at most ${before} ${before === 1 ? 'digit' : 'digits'} before the decimal point and ${scale} after it`
        : `must fit numeric(${precision}, ${scale}) without being rounded`,
  }
}

/** @param text a decimal number without exponent; leading and trailing zeros do not count */
export function fitsNumeric(text: string, { ceiling, floor }: NumericLimits): boolean {
  const point = text.indexOf('.')
  const units = point === -1 ? text.length : point
  let first = 0
  while (first < text.length && !isNonZeroDigit(text, first)) first++
  if (first === text.length) return true
  let last = text.length - 1
  while (!isNonZeroDigit(text, last)) last--
  return power(first, units) < ceiling && power(last, units) >= floor
}

/** True for a digit from 1 to 9. */
function isNonZeroDigit(text: string, index: number): boolean {
  const code = text.charCodeAt(index)
  return code > 0x30 && code <= 0x39
}

/** Power of ten of the digit at `index`, where `units` is the position just after the units digit. */
function power(index: number, units: number): number {
  return index < units ? units - 1 - index : units - index
}
