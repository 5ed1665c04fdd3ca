// Finds numbers of a JSON text that have more digits than JSON.parse keeps. An exact column must not store the rounded value.

import { elementTexts, numbersIn } from '../../record/json-text.ts'

/** Fewer digits in a row are never lossy, so this test clears nearly every record. */
const manyDigits = /\d[\d.]{15}/

/** The results of JSON.parse for the numbers in `json` that it changes; undefined if it changes none. */
export function lossyNumbers(json: string): ReadonlySet<number> | undefined {
  if (!manyDigits.test(json)) return undefined
  const lossy = new Set<number>()
  for (const literal of numbersIn(json)) {
    const value = Number(literal)
    if (!isSame(literal, String(value))) lossy.add(value)
  }
  return lossy.size > 0 ? lossy : undefined
}

/** True if `value` is or contains one of `numbers`. */
export function holdsAny(value: unknown, numbers: ReadonlySet<number>): boolean {
  if (typeof value === 'number') return numbers.has(value)
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).some(member => holdsAny(member, numbers))
  )
}

/** The path, in nested lists, to the first number that lost digits: empty for a single number, undefined if none did. */
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

/** Significant digits, and the power of ten of the last digit. */
function decimal(literal: string): readonly [digits: string, exponent: number] {
  const [, whole = '', fraction = '', power = '0'] =
    /^-?(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(literal) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  return [significant, Number(power) - fraction.length + digits.length - significant.length]
}
