// Filters that a resource's scope gave → tests of its columns, as far as an import can keep to them.
import { LadingError } from '../../errors/lading-error.ts'
import type { Filters } from '../resource/definition.ts'
import type { ScalarKind } from '../resource/schema/column-type.ts'
import { InvalidValue } from '../value/codec.ts'
import { parseFilterValue } from '../value/parse-filter-value.ts'
import { limitOf } from './fit/fit.ts'
import type { ScopeTest, Target, TargetColumn } from './target.ts'

/** Kinds whose values are equal to the database when they are equal here. */
const comparableKinds: ReadonlySet<ScalarKind | 'array'> = new Set<ScalarKind | 'array'>([
  'text',
  'uuid',
  'boolean',
  'integer',
  'bigint',
  'date',
])

/** Whether rows in the scope have one and the same value in the column. */
export function isFixed({ values, orNull }: ScopeTest): boolean {
  return values.length === 1 && !orNull
}

/**
 * @throws LadingError `SCOPE_NOT_IMPORTABLE` for what is neither a value, several, nor null of the table's own column
 * @throws TypeError for what is no filter at all
 */
export function readScope(target: Target, filters: Filters): readonly ScopeTest[] {
  return Object.entries(filters).map(([name, asked]) => {
    const { values, orNull } = readValues(target, name, asked)
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
  throw new TypeError(`The scope names "${name}", which is no field.`)
}

/** The forms of a filter that name values; see `Selection.filters`. */
function readValues(
  { resource }: Target,
  name: string,
  asked: unknown,
): { readonly values: readonly unknown[]; readonly orNull: boolean } {
  if (asked === undefined) throw new TypeError(`The scope has no value for "${name}".`)
  if (asked === null || typeof asked !== 'object') return valuesAmong([asked])
  if (Array.isArray(asked)) return valuesAmong(asked)
  const [operator, ...more] = Object.entries(asked)
  if (operator === undefined || more.length > 0) throw notImportable(resource.name)
  const [kind, value] = operator
  if (kind === 'eq' && value !== undefined) return valuesAmong([value])
  if (kind === 'in' && Array.isArray(value)) return valuesAmong(value)
  if (kind === 'null' && (value === true || value === 'true')) return valuesAmong([null])
  throw notImportable(resource.name)
}

function valuesAmong(asked: readonly unknown[]) {
  if (asked.length === 0) throw new TypeError('The scope has a filter without a value.')
  const values = asked.filter(value => value !== null)
  return { values, orNull: values.length < asked.length }
}

function parse(column: TargetColumn, given: unknown): unknown {
  const value = parseFilterValue(column.field, given)
  const isValue = value !== undefined && value !== null && !(value instanceof InvalidValue)
  if (!isValue || limitOf(column)?.fits(value) === false) {
    throw new TypeError(`The scope has a value for "${column.field.name}" that its column cannot hold.`)
  }
  return value
}

/** Says nothing of the fields: they may be hidden. */
export function notImportable(resource: string): LadingError {
  return new LadingError(
    'SCOPE_NOT_IMPORTABLE',
    `Nothing can be imported into ${resource} by this caller: the rows that it may see do not have one value in each field of its scope, so that it is not known what to write.`,
  )
}
