// Decides which column types can carry which field types.
import type { ColumnType, ScalarKind } from '../../resource/schema/column-type.ts'
import type { ColumnInfo } from '../table-info.ts'

const texts = ['text', 'varchar', 'bpchar', 'citext', 'name']

/** Column types that store every value of a kind exactly, and whose output parses back to the same value. */
const carriers: Readonly<Record<Exclude<ScalarKind, 'text'>, readonly string[]>> = {
  uuid: ['uuid', ...texts],
  boolean: ['bool'],
  integer: ['int2', 'int4', 'int8', 'numeric'],
  bigint: ['int8', 'numeric'],
  numeric: ['numeric'],
  float: ['float4', 'float8'],
  date: ['date'],
  timestamp: ['timestamptz', 'timestamp'],
  json: ['json', 'jsonb'],
}

/** Types that text could be cast to, but that have a field type of their own, which reports bad values. */
const notText = new Set(
  Object.values(carriers)
    .flat()
    .filter(type => !texts.includes(type)),
)

type TypedColumn = Pick<ColumnInfo, 'type' | 'category' | 'elementType'>

/** True if the column can carry a field of the type. Enums, inet and similar types are carried as text. */
export function carries(column: TypedColumn, type: ColumnType): boolean {
  if (type.kind === 'array') {
    return (
      isList(column) &&
      column.elementType !== null &&
      (type.verbatim === true || carriesScalar(column.elementType, type.element))
    )
  }
  return !isList(column) && (type.verbatim === true || carriesScalar(column.type, type.kind))
}

/** Arrays according to the catalogue, but written as numbers separated by spaces instead of array literals. */
const vectors: readonly string[] = ['int2vector', 'oidvector']

function isList({ type, category }: TypedColumn): boolean {
  return category === 'A' && !vectors.includes(type)
}

function carriesScalar(columnType: string, kind: ScalarKind): boolean {
  return kind === 'text' ? !notText.has(columnType) : carriers[kind].includes(columnType)
}

/** The usual schema for each column type; `Type.String()` for any other. */
const schemaByType: ReadonlyMap<string, string> = new Map([
  ['int2', 'Type.Integer()'],
  ['int4', 'Type.Integer()'],
  ['int8', "Type.String({ format: 'int64' })"],
  ['numeric', "Type.String({ format: 'decimal' })"],
  ['float4', 'Type.Number()'],
  ['float8', 'Type.Number()'],
  ['bool', 'Type.Boolean()'],
  ['uuid', "Type.String({ format: 'uuid' })"],
  ['date', "Type.String({ format: 'date' })"],
  ['timestamptz', "Type.String({ format: 'date-time' })"],
  ['timestamp', "Type.String({ format: 'date-time' })"],
  ['json', 'Type.Unknown()'],
  ['jsonb', 'Type.Unknown()'],
])

/** Returns the source text of a schema that the column can carry. */
export function proposedSchema(column: TypedColumn): string {
  const { type, elementType } = column
  const schemaFor = (name: string) => schemaByType.get(name) ?? 'Type.String()'
  return isList(column) && elementType !== null ? `Type.Array(${schemaFor(elementType)})` : schemaFor(type)
}
