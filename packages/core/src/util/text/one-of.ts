// Values that are allowed → words for them that stay unambiguous and short, and the one that may be meant.
import { escapeInvisible } from './invisible.ts'
import { nearestFinder } from './near-values.ts'
import { longestQuoted, quoted } from './quoted.ts'

/** More than these, or longer ones, are counted, and the first few are shown. */
const most = 12
const mostLength = 200
const fewLength = 80

/**
 * `a`, `one of a, b, c`, or `one of 249 values, such as AD, AE, AF`. All are quoted as soon as one could be read in two
 * ways.
 */
export function oneOf(values: readonly unknown[]): string {
  return values.length === 1 ? list(values) : `one of ${listed(values)}`
}

/** `a, b, c`, or `249 values, such as AD, AE, AF`. */
export function listed(values: readonly unknown[]): string {
  return isShort(values) ? list(values) : `${values.length} values, such as ${few(values)}`
}

/** `; the nearest is "AF"`, where not all are shown and one is near enough to be meant; else nothing. */
export function nearestHint(values: readonly unknown[]): (given: unknown) => string {
  if (isShort(values)) return () => ''
  const find = nearestFinder(values.filter(value => typeof value === 'string'))
  return given => {
    const found = typeof given === 'string' ? find(given) : undefined
    return found === undefined ? '' : `; the nearest is ${quoted(found)}`
  }
}

function isShort(values: readonly unknown[]): boolean {
  return values.length === 1 || (values.length <= most && list(values).length <= mostLength)
}

function few(values: readonly unknown[]): string {
  let count = 1
  while (count < 5 && list(values.slice(0, count + 1)).length <= fewLength) count++
  return list(values.slice(0, count))
}

function list(values: readonly unknown[]): string {
  const isQuoted = values.some(value => typeof value === 'string' && isAmbiguous(value))
  return values
    .map(value => (typeof value === 'string' ? (isQuoted ? quoted(value) : value) : String(value)))
    .join(', ')
}

/** A comma parts values, a full stop ends the sentence, and what cannot be seen could be anything. */
function isAmbiguous(text: string): boolean {
  return /^\s|[,"“”;]|[\s.!?]$|^$/.test(text) || text.length > longestQuoted || escapeInvisible(text) !== text
}
