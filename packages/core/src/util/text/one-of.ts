// Allowed values → short, unambiguous text for a message, and a suggestion for a mistyped value.
import { escapeInvisible } from './invisible.ts'
import { nearestFinder } from './near-values.ts'
import { longestQuoted, quoted } from './quoted.ts'

/** Limits for listing all values. Beyond them, the message gives the count and the first few values. */
const most = 12
const mostLength = 200
const fewLength = 80

/**
 * `a`, `one of a, b, c`, or `one of 249 values, such as AD, AE, AF`. If one value is ambiguous, all are quoted.
 */
export function oneOf(values: readonly unknown[]): string {
  return values.length === 1 ? list(values) : `one of ${listValues(values)}`
}

/** `a, b, c`, or `249 values, such as AD, AE, AF`. */
export function listValues(values: readonly unknown[]): string {
  return isShort(values) ? list(values) : `${values.length} values, such as ${few(values)}`
}

/** `; the nearest is "AF"` if not all values are listed and one is near enough; otherwise empty. */
export function nearestHint(values: readonly unknown[]): (value: unknown) => string {
  if (isShort(values)) return () => ''
  const find = nearestFinder(values.filter(value => typeof value === 'string'))
  return value => {
    const found = typeof value === 'string' ? find(value) : undefined
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

/** True if the text contains a separator, ends like a sentence, is very long, or has invisible characters. */
function isAmbiguous(text: string): boolean {
  return /^\s|[,"“”;]|[\s.!?]$|^$/.test(text) || text.length > longestQuoted || escapeInvisible(text) !== text
}
