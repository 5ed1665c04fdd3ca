// Filters as people write them, in a query or on a command line: names with values as text → filters.
import type { Resource } from '../../resource/define.ts'
import type { Filters } from '../../resource/definition.ts'
import type { Field } from '../../resource/field.ts'
import { fieldFor, fieldsFor } from './export-fields.ts'
import { bounds, filterInvalid, unknownOperator } from './filter.ts'

/** Reaches a field whose name is also the name of something else, such as an option. */
const prefix = 'filter.'

const operators: readonly string[] = [...bounds, 'null']

/** `created_after`, `created_before`: what they mean of `created_at`. */
const sugar: ReadonlyMap<string, string> = new Map([
  ['created_after', 'gte'],
  ['created_before', 'lt'],
])
const sugaredField = 'created_at'

/**
 * `role=admin`, several values by naming the field again; `created_at.gte=…`, `created_at[gte]=…`, `role.null=true`;
 * `created_after=…`, `created_before=…`; and `filter.` before any of these.
 *
 * @throws LadingError `FILTER_INVALID`
 */
export function readFilterTexts(
  resource: Resource,
  pairs: readonly (readonly [name: string, text: string])[],
): Filters {
  const values = new Map<Field, string[]>()
  const tests = new Map<Field, Map<string, string>>()
  for (const [given, text] of pairs) {
    const { field, operator } = target(resource, given)
    if (operator === undefined) {
      values.set(field, [...(values.get(field) ?? []), text])
      continue
    }
    const known = tests.get(field) ?? new Map<string, string>()
    if (known.has(operator)) throw filterInvalid(field, `has more than one value for "${operator}"`)
    tests.set(field, known.set(operator, text))
  }
  const fields = new Set([...values.keys(), ...tests.keys()])
  return Object.fromEntries(
    [...fields].map(field => {
      const several = values.get(field)
      const test = { ...(several && { in: several }), ...Object.fromEntries(tests.get(field) ?? []) }
      return [field.name, test]
    }),
  )
}

export interface Created {
  readonly created_after?: string | undefined
  readonly created_before?: string | undefined
}

/** What `created_after` and `created_before` ask for beside `filters`. @throws LadingError `FILTER_INVALID` */
export function withCreated(resource: Resource, filters: Filters, asked: Created): Filters {
  const { created_after: after, created_before: before } = asked
  const pairs = Object.entries({ created_after: after, created_before: before }).filter(isGiven)
  const all = { ...filters }
  for (const [name, created] of Object.entries(readFilterTexts(resource, pairs))) {
    const tests = asTests(created)
    const other = asTests(all[name])
    const twice = Object.keys(tests).find(operator => Object.hasOwn(other, operator))
    if (twice !== undefined) throw filterInvalid({ name }, `has more than one value for "${twice}"`)
    all[name] = { ...other, ...tests }
  }
  return all
}

function isGiven(pair: [string, string | undefined]): pair is [string, string] {
  return pair[1] !== undefined
}

/** A filter as an object of operators. */
function asTests(filter: unknown): object {
  if (filter === undefined) return {}
  if (Array.isArray(filter)) return { in: filter }
  return typeof filter === 'object' && filter !== null && !(filter instanceof Date) ? filter : { eq: filter }
}

interface FilterTarget {
  readonly field: Field
  readonly operator: string | undefined
}

/** A field may have a dot or a bracket in its name, so that the whole name is looked for first. */
function target(resource: Resource, given: string): FilterTarget {
  const name = given.startsWith(prefix) ? given.slice(prefix.length) : given
  const known = new Map(fieldsFor(resource, 'filter').map(field => [field.name, field]))
  const field = known.get(name)
  if (field !== undefined) return { field, operator: undefined }
  const operator = sugar.get(name)
  if (operator !== undefined)
    return { field: fieldFor(resource, 'filter', sugaredField, 'FILTER_INVALID'), operator }
  const [, base = '', dotted, bracketed] = /^(.*?)(?:\.([^.[\]]*)|\[([^[\]]*)\])$/s.exec(name) ?? []
  const ranged = known.get(base)
  if (ranged === undefined) {
    return { field: fieldFor(resource, 'filter', name, 'FILTER_INVALID'), operator: undefined }
  }
  const asked = dotted ?? bracketed ?? ''
  if (!operators.includes(asked)) throw unknownOperator(ranged, asked, operators)
  return { field: ranged, operator: asked }
}
