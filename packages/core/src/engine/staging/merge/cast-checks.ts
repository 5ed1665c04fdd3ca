// Staged values that only PostgreSQL can judge: text that is cast to the type of its column in the merge.
import type { Target, TargetColumn, TargetLookupField } from '../../catalogue/target.ts'
import type { Field } from '../../resource/field.ts'
import type { Codec } from '../../value/codec.ts'
import type { StagedBatch } from '../encode-batch.ts'

/** A column of the staging table whose values a cast may refuse. */
export interface CastCheck {
  readonly field: Field
  readonly codec: Codec
  /** Name in the staging table. */
  readonly sql: string
  /** Type that its values are cast to, as SQL. */
  readonly cast: string
  readonly isArray: boolean
  /** Its values are compared with rows of a table before any of them is written. */
  readonly isLookedUp: boolean
}

/** What a batch can be refused for before its rows meet any rule. */
export function castChecksOf(
  { keys, references }: Target,
  { columns, standIns }: Pick<StagedBatch, 'columns' | 'standIns'>,
): readonly CastCheck[] {
  const isLookedUp = (column: TargetColumn) =>
    keys.some(key => key.columns.includes(column)) || references.some(one => one.column === column)
  return [
    ...columns
      .filter(({ column }) => needsCastCheck(column))
      .map(({ column }) => ({
        ...doubt({ ...column, sql: column.staged }, column.info.castType),
        isLookedUp: isLookedUp(column),
      })),
    ...standIns
      .filter(lookupNeedsCastCheck)
      .map(standIn => ({ ...doubt(standIn, standIn.found.castType), isLookedUp: true })),
  ]
}

function doubt({ field, codec, sql }: Pick<TargetColumn, 'field' | 'codec' | 'sql'>, cast: string) {
  return { field, codec, sql, cast, isArray: field.type.kind === 'array' }
}

/** Types that take every text. */
const texts = new Set(['text', 'varchar', 'bpchar', 'citext', 'name', 'char'])

/** The labels of an enum are judged in Node. */
function needsCastCheck({ codec, info }: TargetColumn): boolean {
  const isText = codec.stagingType === 'text' || codec.stagingType === 'text[]'
  return isText && info.labels === null && !texts.has(info.elementType ?? info.type)
}

/** The same types as `format_type` names them, with any schema before an extension's. */
const castTexts = /^(?:text|character varying|bpchar|character|name|"char"|(?:.*\.)?citext)$/

/** Nobody has judged whether its value fits the column that it is looked up in. */
function lookupNeedsCastCheck({ codec, found }: TargetLookupField): boolean {
  return codec.stagingType !== found.castType && !castTexts.test(found.castType)
}

/** Whether values of the batch may have to be judged, and nobody has done it yet. */
export function isUnread(target: Target, batch: StagedBatch): boolean {
  return batch.unreadable === undefined && castChecksOf(target, batch).length > 0
}

/** Whether values that only PostgreSQL can judge are compared with rows before they are written. */
export function hasCastChecks(target: Target, batch: StagedBatch): boolean {
  return castChecksOf(target, batch).some(({ isLookedUp }) => isLookedUp)
}
