// "Did you mean": finds the known name that is nearest to a mistyped one.

/**
 * Returns the candidate that differs least from `name`, or undefined if none is near enough. `fullName`, `full-name` and
 * `Full Name` count as equal to `full_name`.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  // Long names come from hostile headers, and the cost is the product of the lengths.
  if (name.length > 63) return undefined
  const nameLetters = normalizeLetters(name)
  let best: string | undefined
  // Up to a third of the letters may differ, or one of two; beyond that a suggestion misleads.
  let bestDistance = nameLetters.length < 2 ? 1 : Math.floor(Math.max(nameLetters.length, 3) / 3) + 1
  for (const candidate of candidates) {
    const known = normalizeLetters(candidate)
    // The distance is at least the difference in length. Skip early, because candidates can be long too.
    if (Math.abs(known.length - nameLetters.length) >= bestDistance) continue
    const distance = editDistance(nameLetters, known)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Whether two names consist of the same words, regardless of how they are joined: `fullName` and `full_name`. */
export function isSameWords(one: string, other: string): boolean {
  return normalizeLetters(one) === normalizeLetters(other)
}

/** The letters and digits of a name, in lower case. For a name of symbols only, the symbols. */
export function normalizeLetters(name: string): string {
  const lower = name.toLowerCase()
  const joined = lower.normalize('NFC').replace(/[^\p{L}\p{M}\p{N}]/gu, '')
  return joined === '' ? lower : joined
}

/** Optimal string alignment distance: insertions, deletions, substitutions, and transpositions of adjacent letters. */
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
