// --filter field=value, field.gte=value … → filters of an export.
import type { Filters, Resource } from '@lading/core'
import { readFilterTexts } from '@lading/core/internal'
import { asUsage } from '../as-usage.ts'
import { usageError } from '../exit.ts'

/** `field=` stands for null: an empty cell is a missing value. @throws CommandError */
export function parseFilters(resource: Resource, filters: readonly string[]): Filters {
  const pairs = filters.map(filter => {
    const equals = filter.indexOf('=')
    if (equals < 1) {
      throw usageError(
        `The filter "${filter}" must be field=value, such as role=admin or created_at.gte=2024-01-31T12:00:00Z; role= finds empty ones.`,
      )
    }
    return [filter.slice(0, equals), filter.slice(equals + 1)] as const
  })
  const names = pairs.map(([name]) => name)
  return asUsage(() =>
    readFilterTexts(
      resource,
      pairs.map(([name, value]) => {
        if (value !== '') return [name, value]
        if (names.indexOf(name) === names.lastIndexOf(name)) return [`${name}.null`, 'true']
        throw usageError(
          `The filter "${name}=" finds empty ones, and cannot be combined with another value of ${name}.`,
        )
      }),
    ),
  )
}
