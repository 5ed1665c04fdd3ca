// --filter field=value … → values by field name.
import { usageError } from '../exit.ts'

/** `field=` stands for null: an empty cell is a missing value. @throws CommandError */
export function parseFilters(filters: readonly string[]): Readonly<Record<string, string | null>> {
  const values = new Map<string, string | null>()
  for (const filter of filters) {
    const equals = filter.indexOf('=')
    if (equals < 1) {
      throw usageError(
        `The filter "${filter}" must be field=value, such as role=admin; role= finds empty ones.`,
      )
    }
    const field = filter.slice(0, equals)
    if (values.has(field)) throw usageError(`Two filters name "${field}"; a field can equal one value only.`)
    const value = filter.slice(equals + 1)
    values.set(field, value === '' ? null : value)
  }
  return Object.fromEntries(values)
}
