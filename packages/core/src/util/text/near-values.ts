// A list of known values → a function that finds the one nearest to a mistyped value, fast for many lookups.
import { nearest, normalizeLetters } from './suggest.ts'

/** Maximum length in characters; longer values are unlikely to be mistyped words. */
const longest = 63
/** Maximum number of indexed values; more would take more memory than a hint is worth. */
const mostValues = 5_000
const mostCompared = 50

/**
 * Finds values that differ in one letter or in how words are joined. Comparing with each value would take a millisecond
 * for 250 of them, and a file can repeat a mistake a hundred thousand times. Two words that differ in one letter are
 * equal after one letter is removed from each, so a few lookups are enough (2 µs).
 */
export function nearestFinder(values: readonly string[]): (name: string) => string | undefined {
  if (values.length > mostValues) return () => undefined
  let index: ReadonlyMap<string, readonly string[]> | undefined
  return name => {
    if (name.length > longest) return undefined
    index ??= indexOf(values)
    const found = new Set<string>()
    for (const key of keysOf(name)) {
      for (const value of index.get(key) ?? []) if (found.size < mostCompared) found.add(value)
    }
    return found.size === 0 ? undefined : nearest(name, found)
  }
}

function indexOf(values: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const index = new Map<string, string[]>()
  for (const value of values) {
    if (value.length > longest) continue
    for (const key of keysOf(value)) {
      const known = index.get(key)
      if (known === undefined) index.set(key, [value])
      else known.push(value)
    }
  }
  return index
}

/** The letters of the name, and each variant with one letter removed. */
function keysOf(name: string): ReadonlySet<string> {
  const all = normalizeLetters(name)
  const keys = new Set([all])
  for (let at = 0; at < all.length; at++) keys.add(all.slice(0, at) + all.slice(at + 1))
  return keys
}
