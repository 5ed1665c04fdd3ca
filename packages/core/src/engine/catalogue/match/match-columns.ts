// Which column types can carry which field types.
import type { ColumnType, ScalarKind } from '../../resource/schema/column-type.ts'
import type { ColumnInfo } from '../table-info.ts'

const texts = ['text', 'varchar', 'bpchar', 'citext', 'name']

/** Column types that hold every value of a kind exactly, and print it so that it is read back as the same value. */
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

/** Types that text could be cast to, but that have a field type of their own, which tells bad values apart. */
const notText = new Set(
  Object.values(carriers)
    .flat()
    .filter(type => !texts.includes(type)),
)

type TypedColumn = Pick<ColumnInfo, 'type' | 'category' | 'elementType'>

/** True if a column of this type can carry a field of that one. Enums, inet and the like are carried as text. */
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

/** Arrays to the catalogue, which are written with blanks between their numbers, and not as array literals. */
const vectors: readonly string[] = ['int2vector', 'oidvector']

function isList({ type, category }: TypedColumn): boolean {
  return category === 'A' && !vectors.includes(type)
}

function carriesScalar(columnType: string, kind: ScalarKind): boolean {
  return kind === 'text' ? !notText.has(columnType) : carriers[kind].includes(columnType)
}

/** What people write for the columns of a type; for any other, `Type.String()`. */
const proposals: ReadonlyMap<string, string> = new Map([
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

/** A schema that the column can carry, as it is written in a resource. */
export function proposedSchema(column: TypedColumn): string {
  const { type, elementType } = column
  const proposal = (name: string) => proposals.get(name) ?? 'Type.String()'
  return isList(column) && elementType !== null ? `Type.Array(${proposal(elementType)})` : proposal(type)
}
