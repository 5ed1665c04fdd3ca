// Filters as text, from a query or a command line: names and values → filters.
import type { Resource } from '../../resource/define.ts'
import type { Filters } from '../../resource/definition.ts'
import type { Field } from '../../resource/field.ts'
import { fieldFor, fieldsFor } from './export-fields.ts'
import { bounds, filterInvalid, unknownOperator } from './filter.ts'

/** For a field whose name is also the name of an option. */
const prefix = 'filter.'

const operators: readonly string[] = [...bounds, 'null']

/** The operators that `created_after` and `created_before` apply to `created_at`. */
const shorthands: ReadonlyMap<string, string> = new Map([
  ['created_after', 'gte'],
  ['created_before', 'lt'],
])
const shorthandField = 'created_at'

/**
 * Reads `role=admin`, with several values by repeating the field; `created_at.gte=…`, `created_at[gte]=…`,
 * `role.null=true`; `created_after=…`, `created_before=…`; and `filter.` before any of these.
 *
 * @throws LadingError `FILTER_INVALID`
 */
export function readFilterTexts(
  resource: Resource,
  pairs: readonly (readonly [name: string, text: string])[],
): Filters {
  const values = new Map<Field, string[]>()
  const tests = new Map<Field, Map<string, string>>()
  for (const [rawName, text] of pairs) {
    const { field, operator } = parseName(resource, rawName)
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

/** Adds `created_after` and `created_before` to `filters`. @throws LadingError `FILTER_INVALID` */
export function withCreated(resource: Resource, filters: Filters, range: Created): Filters {
  const { created_after: after, created_before: before } = range
  const pairs = Object.entries({ created_after: after, created_before: before }).filter(isDefined)
  const all = { ...filters }
  for (const [name, created] of Object.entries(readFilterTexts(resource, pairs))) {
    const tests = asTests(created)
    const other = asTests(all[name])
    const duplicate = Object.keys(tests).find(operator => Object.hasOwn(other, operator))
    if (duplicate !== undefined) throw filterInvalid({ name }, `has more than one value for "${duplicate}"`)
    all[name] = { ...other, ...tests }
  }
  return all
}

function isDefined(pair: [string, string | undefined]): pair is [string, string] {
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

/** A field may have a dot or a bracket in its name, so the whole name is looked up first. */
function parseName(resource: Resource, rawName: string): FilterTarget {
  const name = rawName.startsWith(prefix) ? rawName.slice(prefix.length) : rawName
  const known = new Map(fieldsFor(resource, 'filter').map(field => [field.name, field]))
  const field = known.get(name)
  if (field !== undefined) return { field, operator: undefined }
  const operator = shorthands.get(name)
  if (operator !== undefined)
    return { field: fieldFor(resource, 'filter', shorthandField, 'FILTER_INVALID'), operator }
  const [, base = '', dotted, bracketed] = /^(.*?)(?:\.([^.[\]]*)|\[([^[\]]*)\])$/s.exec(name) ?? []
  const baseField = known.get(base)
  if (baseField === undefined) {
    return { field: fieldFor(resource, 'filter', name, 'FILTER_INVALID'), operator: undefined }
  }
  const operatorName = dotted ?? bracketed ?? ''
  if (!operators.includes(operatorName)) throw unknownOperator(baseField, operatorName, operators)
  return { field: baseField, operator: operatorName }
}
