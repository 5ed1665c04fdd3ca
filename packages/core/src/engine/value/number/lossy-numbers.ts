// Numbers of a JSON text that have more digits than JSON.parse keeps: a column that is exact must not take what is left.

import { elementTexts, numbersIn } from '../../record/json-text.ts'

/** So many digits in a row can only be lossy; nearly every record is done with this look. */
const manyDigits = /\d[\d.]{15}/

/** What JSON.parse makes of those numbers in `json` that it changes; undefined where it changes none. */
export function lossyNumbers(json: string): ReadonlySet<number> | undefined {
  if (!manyDigits.test(json)) return undefined
  const lossy = new Set<number>()
  for (const literal of numbersIn(json)) {
    const value = Number(literal)
    if (!isSame(literal, String(value))) lossy.add(value)
  }
  return lossy.size > 0 ? lossy : undefined
}

/** True if `value` is, or holds, one of `numbers`. */
export function holdsAny(value: unknown, numbers: ReadonlySet<number>): boolean {
  if (typeof value === 'number') return numbers.has(value)
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).some(member => holdsAny(member, numbers))
  )
}

/** The place in a list, and in the lists within it, of the first number that has lost digits; empty for a number. */
export function lossyPlace(json: string): readonly number[] | undefined {
  if (lossyNumbers(json) === undefined) return undefined
  if (!json.trimStart().startsWith('[')) return []
  const elements = elementTexts(json)
  const index = elements.findIndex(element => lossyNumbers(element) !== undefined)
  return [index + 1, ...(lossyPlace(elements[index] ?? '') ?? [])]
}

function isSame(one: string, other: string): boolean {
  const [digits, exponent] = decimal(one)
  const [otherDigits, otherExponent] = decimal(other)
  return digits === otherDigits && (digits === '' || exponent === otherExponent)
}

/** Significant digits, and the power of ten of the last one. */
function decimal(literal: string): readonly [digits: string, exponent: number] {
  const [, whole = '', fraction = '', power = '0'] =
    /^-?(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(literal) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  return [significant, Number(power) - fraction.length + digits.length - significant.length]
}
