// TypeBox schema of a field → the column type that carries it, and what is left for the schema to check.
import { type TSchema, TypeGuard } from '@sinclair/typebox'
import { LadingError } from '../../../errors/lading-error.ts'
import { keywordsOf } from './keyword-forms.ts'
import { assertKeywords } from './keywords.ts'

export type ScalarKind =
  | 'text'
  | 'uuid'
  | 'boolean'
  | 'integer'
  | 'bigint'
  | 'numeric'
  | 'float'
  | 'date'
  | 'timestamp'
  | 'json'

/** How values travel: how they are parsed, staged and printed. One file of `value/` for each kind. */
export type ColumnType =
  | { readonly kind: ScalarKind; readonly verbatim?: true }
  | {
      readonly kind: 'array'
      readonly element: ScalarKind
      /** Text as PostgreSQL prints it, in a column of any type: the format `postgres`. Absent for any other. */
      readonly verbatim?: true
      /** Elements may be null. Absent where they may not, so that the fingerprints of such fields stay as they were. */
      readonly nullable?: true
      /** Absent where it is one. */
      readonly dimensions?: number
    }

export interface FieldSchema {
  readonly type: ColumnType
  /** The schema admits null, so null is a value and not a missing one. */
  readonly nullable: boolean
  /** The schema of a value that is not null. */
  readonly schema: TSchema
}

/** String formats that are a type of their own; other formats stay text and are checked as rules. */
const kindOfFormat: ReadonlyMap<string, ScalarKind> = new Map([
  ['uuid', 'uuid'],
  ['date-time', 'timestamp'],
  ['date', 'date'],
  ['int64', 'bigint'],
  ['decimal', 'numeric'],
])

/** Text that is read and printed as PostgreSQL does, whatever type the column has: NaN, infinity, years before 1. */
export const verbatimFormat = 'postgres'

/**
 * Reads the column type out of a field's schema.
 *
 * @throws LadingError `RESOURCE_INVALID` if no column type fits, or for a keyword that no import checks, naming the field.
 */
export function readFieldSchema(field: string, given: TSchema): FieldSchema {
  const { schema, nullable } = withoutNull(given)
  const type = columnType(schema)
  // A keyword with a wrong value makes a schema one of no type at all.
  if (type !== undefined || keywordsOf(schema) !== undefined) assertKeywords(field, given)
  if (type === undefined) {
    throw new LadingError(
      'RESOURCE_INVALID',
      `Field "${field}" has a schema that no column type fits; use a String, Integer, Number, BigInt, Boolean, Object, a union of texts (literals), or an Array of one of them.`,
    )
  }
  return { type, nullable, schema }
}

/** PostgreSQL's own limit (MAXDIM). */
const mostDimensions = 6

function columnType(schema: TSchema): ColumnType | undefined {
  if (TypeGuard.IsArray(schema)) {
    const items = withoutNull(schema.items)
    const element = columnType(items.schema)
    if (element?.kind !== 'array') {
      const { kind, ...facts } = element ?? {}
      return kind && { kind: 'array', element: kind, ...facts, ...(items.nullable && { nullable: true }) }
    }
    const dimensions = (element.dimensions ?? 1) + 1
    // A list within a list is no value of its own that could be missing.
    return items.nullable || dimensions > mostDimensions ? undefined : { ...element, dimensions }
  }
  const kind = scalarKind(schema)
  if (kind === undefined) return undefined
  return schema.format === verbatimFormat ? { kind, verbatim: true } : { kind }
}

function scalarKind(schema: TSchema): ScalarKind | undefined {
  if (TypeGuard.IsString(schema)) return kindOfFormat.get(schema.format ?? '') ?? 'text'
  if (TypeGuard.IsLiteral(schema)) return typeof schema.const === 'string' ? 'text' : undefined
  if (TypeGuard.IsUnion(schema))
    return schema.anyOf.every(member => scalarKind(member) === 'text') ? 'text' : undefined
  if (TypeGuard.IsInteger(schema)) return 'integer'
  if (TypeGuard.IsNumber(schema)) return 'float'
  if (TypeGuard.IsBigInt(schema)) return 'bigint'
  if (TypeGuard.IsBoolean(schema)) return 'boolean'
  if (TypeGuard.IsObject(schema) || TypeGuard.IsRecord(schema)) return 'json'
  if (TypeGuard.IsUnknown(schema) || TypeGuard.IsAny(schema)) return 'json'
  return undefined
}

/** Takes `Type.Null()` out of a union: null is handled before a value, or an element of a list, is checked. */
export function withoutNull(schema: TSchema): { schema: TSchema; nullable: boolean } {
  if (!TypeGuard.IsUnion(schema)) return { schema, nullable: false }
  const members = schema.anyOf.filter(member => !TypeGuard.IsNull(member))
  if (members.length === schema.anyOf.length) return { schema, nullable: false }
  const [only] = members
  if (members.length > 1 || only === undefined)
    return { schema: { ...schema, anyOf: members }, nullable: true }
  // What the union says to readers holds for what is left of it.
  const { description = only.description } = schema
  return { schema: description === undefined ? only : { ...only, description }, nullable: true }
}
