// TypeBox schema of a field → its column type, and the schema of a value that is not null.
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

/** Decides how values are parsed, staged and printed. Each kind has one file in `value/`. */
export type ColumnType =
  | { readonly kind: ScalarKind; readonly verbatim?: true }
  | {
      readonly kind: 'array'
      readonly element: ScalarKind
      /** Text as PostgreSQL prints it, in a column of any type: the format `postgres`. Absent for other formats. */
      readonly verbatim?: true
      /** Elements may be null. Absent otherwise, to keep fingerprints stable. */
      readonly nullable?: true
      /** Absent for one dimension. */
      readonly dimensions?: number
    }

export interface FieldSchema {
  readonly type: ColumnType
  /** The schema allows null, so null is a value rather than a missing one. */
  readonly nullable: boolean
  /** The schema of a value that is not null. */
  readonly schema: TSchema
}

/** String formats with a column type of their own. Other formats stay text and are checked as rules. */
const kindOfFormat: ReadonlyMap<string, ScalarKind> = new Map([
  ['uuid', 'uuid'],
  ['date-time', 'timestamp'],
  ['date', 'date'],
  ['int64', 'bigint'],
  ['decimal', 'numeric'],
])

/** Text that PostgreSQL itself parses and prints, for a column of any type: NaN, infinity, years before 1. */
export const verbatimFormat = 'postgres'

/**
 * Reads the column type out of a field's schema.
 *
 * @throws LadingError `RESOURCE_INVALID` naming the field, if no column type fits or an import cannot check a keyword.
 */
export function readFieldSchema(field: string, fieldSchema: TSchema): FieldSchema {
  const { schema, nullable } = withoutNull(fieldSchema)
  const type = columnType(schema)
  // A keyword with a wrong value makes TypeBox recognise no type at all, so report the keyword first.
  if (type !== undefined || keywordsOf(schema) !== undefined) assertKeywords(field, fieldSchema)
  if (type === undefined) {
    throw new LadingError(
      'RESOURCE_INVALID',
      `Field "${field}" has a schema that no column type fits; use a String, Integer, Number, BigInt, Boolean, Object, a union of texts (literals), or an Array of one of them.`,
    )
  }
  return { type, nullable, schema }
}

/** PostgreSQL's own limit (MAXDIM). */
const maxDimensions = 6

function columnType(schema: TSchema): ColumnType | undefined {
  if (TypeGuard.IsArray(schema)) {
    const items = withoutNull(schema.items)
    const element = columnType(items.schema)
    if (element?.kind !== 'array') {
      const { kind, ...facts } = element ?? {}
      return kind && { kind: 'array', element: kind, ...facts, ...(items.nullable && { nullable: true }) }
    }
    const dimensions = (element.dimensions ?? 1) + 1
    // An inner list is not a value of its own, so it cannot be null.
    return items.nullable || dimensions > maxDimensions ? undefined : { ...element, dimensions }
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

/** Removes `Type.Null()` from a union: null is handled before a value, or a list element, is checked. */
export function withoutNull(schema: TSchema): { schema: TSchema; nullable: boolean } {
  if (!TypeGuard.IsUnion(schema)) return { schema, nullable: false }
  const members = schema.anyOf.filter(member => !TypeGuard.IsNull(member))
  if (members.length === schema.anyOf.length) return { schema, nullable: false }
  const [only] = members
  if (members.length > 1 || only === undefined)
    return { schema: { ...schema, anyOf: members }, nullable: true }
  // The description of the union applies to the remaining member.
  const { description = only.description } = schema
  return { schema: description === undefined ? only : { ...only, description }, nullable: true }
}
