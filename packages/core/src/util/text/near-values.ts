// A list of known values → the one that a mistyped value is nearest to, however many values and mistakes there are.
import { letters, nearest } from './suggest.ts'

/** Longer ones are no words that somebody mistypes. */
const longest = 63
/** An index of more values takes more memory than a hint is worth. */
const mostValues = 5_000
const mostCompared = 50

/**
 * Finds values that differ in one letter or in how words are joined. Comparing with each value would take a
 * millisecond for 250 of them, and files repeat their mistakes a hundred thousand times: two words that differ in one letter
 * are equal after one letter is taken out of each, so that a few look-ups do (2 µs).
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

/** The letters, and what is left of them without each. */
function keysOf(name: string): ReadonlySet<string> {
  const all = letters(name)
  const keys = new Set([all])
  for (let at = 0; at < all.length; at++) keys.add(all.slice(0, at) + all.slice(at + 1))
  return keys
}
