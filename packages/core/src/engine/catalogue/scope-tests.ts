// The filters of a resource's scope → column tests that an import can enforce.
import { LadingError } from '../../errors/lading-error.ts'
import type { Filters } from '../resource/definition.ts'
import type { ScalarKind } from '../resource/schema/column-type.ts'
import { InvalidValue } from '../value/codec.ts'
import { parseFilterValue } from '../value/parse-filter-value.ts'
import { limitOf } from './fit/fit.ts'
import type { ScopeTest, Target, TargetColumn } from './target.ts'

/** Kinds for which JavaScript and PostgreSQL agree on equality. */
const comparableKinds: ReadonlySet<ScalarKind | 'array'> = new Set<ScalarKind | 'array'>([
  'text',
  'uuid',
  'boolean',
  'integer',
  'bigint',
  'date',
])

/** True if all rows in the scope have the same value in the column. */
export function isFixed({ values, orNull }: ScopeTest): boolean {
  return values.length === 1 && !orNull
}

/**
 * Parses the filters of a scope.
 *
 * @throws LadingError `SCOPE_NOT_IMPORTABLE` if a filter is not a list of values or null for a column of the table itself
 * @throws TypeError if a filter is invalid
 */
export function readScope(target: Target, filters: Filters): readonly ScopeTest[] {
  return Object.entries(filters).map(([name, filter]) => {
    const { values, orNull } = readValues(target, name, filter)
    const column = columnOf(target, name)
    const parsed = new Map(values.map(value => parse(column, value)).map(value => [String(value), value]))
    return { column, values: [...parsed.values()], orNull }
  })
}

function columnOf({ resource, columns }: Target, name: string): TargetColumn {
  const column = columns.find(({ field }) => field.name === name)
  const type = column?.field.type
  if (column !== undefined && type !== undefined && comparableKinds.has(type.kind) && type.verbatim !== true)
    return column
  const isJoined = resource.references.some(({ joined }) => joined.some(({ field }) => field.name === name))
  if (column !== undefined || isJoined) throw notImportable(resource.name)
  throw new TypeError(`The scope names "${name}", which is not a field.`)
}

/** Reads the filter forms that list values; see `Selection.filters`. */
function readValues(
  { resource }: Target,
  name: string,
  filter: unknown,
): { readonly values: readonly unknown[]; readonly orNull: boolean } {
  if (filter === undefined) throw new TypeError(`The scope has no value for "${name}".`)
  if (filter === null || typeof filter !== 'object') return splitNull([filter])
  if (Array.isArray(filter)) return splitNull(filter)
  const [operator, ...more] = Object.entries(filter)
  if (operator === undefined || more.length > 0) throw notImportable(resource.name)
  const [kind, value] = operator
  if (kind === 'eq' && value !== undefined) return splitNull([value])
  if (kind === 'in' && Array.isArray(value)) return splitNull(value)
  if (kind === 'null' && (value === true || value === 'true')) return splitNull([null])
  throw notImportable(resource.name)
}

function splitNull(items: readonly unknown[]) {
  if (items.length === 0) throw new TypeError('The scope has a filter without a value.')
  const values = items.filter(value => value !== null)
  return { values, orNull: values.length < items.length }
}

function parse(column: TargetColumn, input: unknown): unknown {
  const value = parseFilterValue(column.field, input)
  const isValue = value !== undefined && value !== null && !(value instanceof InvalidValue)
  if (!isValue || limitOf(column)?.fits(value) === false) {
    throw new TypeError(`The scope has a value for "${column.field.name}" that its column cannot hold.`)
  }
  return value
}

/** The message names no fields, because they may be hidden. */
export function notImportable(resource: string): LadingError {
  return new LadingError(
    'SCOPE_NOT_IMPORTABLE',
    `This caller cannot import into ${resource}: its scope does not fix a single value for each field, so there is no value to write.`,
  )
}
