// Finds the staged values that only PostgreSQL can check: text that the merge casts to the type of its column.
import type { Target, TargetColumn, TargetLookupField } from '../../catalogue/target.ts'
import type { Field } from '../../resource/field.ts'
import type { Codec } from '../../value/codec.ts'
import type { StagedBatch } from '../encode-batch.ts'

/** A column of the staging table whose values a cast may reject. */
export interface CastCheck {
  readonly field: Field
  readonly codec: Codec
  /** Name in the staging table. */
  readonly sql: string
  /** Type that its values are cast to, as SQL. */
  readonly cast: string
  readonly isArray: boolean
  /** Its values are compared with rows of a table before they are written. */
  readonly isLookedUp: boolean
}

/** Returns the casts that can fail before any constraint is checked. */
export function castChecksOf(
  { keys, references }: Target,
  { columns, lookupFields }: Pick<StagedBatch, 'columns' | 'lookupFields'>,
): readonly CastCheck[] {
  const isLookedUp = (column: TargetColumn) =>
    keys.some(key => key.columns.includes(column)) ||
    references.some(reference => reference.column === column)
  return [
    ...columns
      .filter(({ column }) => needsCastCheck(column))
      .map(({ column }) => ({
        ...castCheck({ ...column, sql: column.staged }, column.info.castType),
        isLookedUp: isLookedUp(column),
      })),
    ...lookupFields
      .filter(lookupNeedsCastCheck)
      .map(lookupField => ({ ...castCheck(lookupField, lookupField.found.castType), isLookedUp: true })),
  ]
}

function castCheck({ field, codec, sql }: Pick<TargetColumn, 'field' | 'codec' | 'sql'>, cast: string) {
  return { field, codec, sql, cast, isArray: field.type.kind === 'array' }
}

/** Types that accept any text. */
const texts = new Set(['text', 'varchar', 'bpchar', 'citext', 'name', 'char'])

/** Enums need no check: their labels are checked in Node. */
function needsCastCheck({ codec, info }: TargetColumn): boolean {
  const isText = codec.stagingType === 'text' || codec.stagingType === 'text[]'
  return isText && info.labels === null && !texts.has(info.elementType ?? info.type)
}

/** The same types as named by `format_type`; an extension's type may have a schema. */
const castTexts = /^(?:text|character varying|bpchar|character|name|"char"|(?:.*\.)?citext)$/

/** A lookup value has not been checked against the type of the column that it is looked up in. */
function lookupNeedsCastCheck({ codec, found }: TargetLookupField): boolean {
  return codec.stagingType !== found.castType && !castTexts.test(found.castType)
}

/** Whether the batch has values that PostgreSQL still has to check. */
export function hasUncheckedValues(target: Target, batch: StagedBatch): boolean {
  return batch.unreadable === undefined && castChecksOf(target, batch).length > 0
}

/** Whether values that only PostgreSQL can check are compared with rows before they are written. */
export function hasCastChecks(target: Target, batch: StagedBatch): boolean {
  return castChecksOf(target, batch).some(({ isLookedUp }) => isLookedUp)
}
