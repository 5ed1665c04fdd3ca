// "Did you mean": the known name that is nearest to a mistyped one.

/**
 * Returns the candidate that differs least from `name`, or undefined where none is near enough to be meant. `fullName`,
 * `full-name` and `Full Name` do not differ from `full_name`.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  // Long names come from hostile headers, and the distance costs the product of the lengths.
  if (name.length > 63) return undefined
  const wanted = letters(name)
  let best: string | undefined
  // A third of the letters may be wrong, of two letters one; beyond that a suggestion misleads.
  let bestDistance = wanted.length < 2 ? 1 : Math.floor(Math.max(wanted.length, 3) / 3) + 1
  for (const candidate of candidates) {
    const known = letters(candidate)
    // A difference in length is a distance already, and candidates too can be of any length.
    if (Math.abs(known.length - wanted.length) >= bestDistance) continue
    const distance = editDistance(wanted, known)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Whether two names are the same words, however they are joined: `fullName` and `full_name`. */
export function isSameWords(one: string, other: string): boolean {
  return letters(one) === letters(other)
}

/** A name without what joins its words. Of signs alone, the signs. */
export function letters(name: string): string {
  const lower = name.toLowerCase()
  const joined = lower.normalize('NFC').replace(/[^\p{L}\p{M}\p{N}]/gu, '')
  return joined === '' ? lower : joined
}

/** Optimal string alignment distance: insertions, deletions, substitutions, and neighbours that changed places. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const isEqual = a[i - 1] === b[j - 1]
      const hasSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      current.push(
        Math.min(
          (last[j - 1] ?? 0) + (isEqual ? 0 : 1),
          (last[j] ?? 0) + 1,
          (current[j - 1] ?? 0) + 1,
          hasSwapped ? (beforeLast[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
    beforeLast = last
    last = current
  }
  return last[b.length] ?? 0
}
