// Texts that PostgreSQL's jsonb can store.

/** Whether every text in a JSON value can be stored: no NUL, and no half of a surrogate pair (manual, 8.14). */
export function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return !value.includes('\0') && !/\p{Surrogate}/u.test(value)
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([key, member]) => isStorable(key) && isStorable(member))
}
