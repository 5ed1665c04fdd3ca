// Length of text as PostgreSQL counts it: in code points, while JavaScript counts UTF-16 units.

/** True if `text` has more than `limit` code points. Counts only if the cheap bounds are not conclusive. */
export function hasMoreCodePoints(text: string, limit: number): boolean {
  if (text.length <= limit) return false
  if (text.length > limit * 2) return true
  let count = 0
  for (const _ of text) if (++count > limit) return true
  return false
}
