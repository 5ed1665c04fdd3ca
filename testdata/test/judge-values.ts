// The rules of the little judge for single values, separate from the generator's: missing values, invalid values.

export interface Finding {
  row_number: number
  field: string | null
  code: string
}

export type Problem = Omit<Finding, 'row_number'>

export function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

export function isUuid(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
}

export function isEmail(value: unknown): boolean {
  if (typeof value !== 'string') return false
  const [local, domain, ...more] = value.trim().split('@')
  if (local === undefined || domain === undefined || more.length > 0 || value.trim().length > 255)
    return false
  const labels = domain.split('.')
  return (
    local.split('.').every(atom => /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+$/i.test(atom)) &&
    labels.length > 1 &&
    labels.every(label => /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i.test(label))
  )
}

export function isTimestamp(value: unknown): boolean {
  if (typeof value !== 'string') return false
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.exec(value)
  if (parts === null) return false
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number)
  const date = new Date(Date.UTC(year, month - 1, day))
  return (
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  )
}

export function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && [...value].length <= most
}

/** A required field that must pass a test. */
export function required(field: string, value: unknown, passes: (value: unknown) => boolean, code: string) {
  if (isMissing(value)) return [{ field, code: 'MISSING_FIELD' }]
  return passes(value) ? [] : [{ field, code }]
}

/** An optional field that must pass a test if it is there. */
export function optional(field: string, value: unknown, passes: (value: unknown) => boolean, code: string) {
  return isMissing(value) || passes(value) ? [] : [{ field, code }]
}

/** A reference to a missing record, which is reported whatever else is wrong, except for invalid values. */
export function orphan(field: string, value: unknown, known: ReadonlySet<string>, code: string): Problem[] {
  return isUuid(value) && !known.has(String(value)) ? [{ field, code }] : []
}

/** In the order of the fields. */
export function inOrder(fields: readonly string[], problems: readonly Problem[]): Problem[] {
  return [...problems].sort(
    (one, other) => fields.indexOf(one.field ?? '') - fields.indexOf(other.field ?? ''),
  )
}
