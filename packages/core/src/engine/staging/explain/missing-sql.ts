// SQL that asks of rejected records whether the rows are there that they refer to: their values come with the question.

import { identifier, literal } from '../../../postgres/identifier.ts'
import type { TargetReference } from '../../catalogue/target.ts'
import type { Field } from '../../resource/field.ts'
import { isRejected, type Row } from '../../resource/row.ts'
import { type Codec, InvalidValue } from '../../value/codec.ts'
import { isMeant } from '../merge/compare-sql.ts'
import { andInScope } from '../merge/scope-sql.ts'

/** A field as it would be staged: its name in the staging table, and how its value is written. */
export interface AsideColumn {
  readonly field: Field
  /** That of its column: the type of the field alone may mean another type, and be converted by the session's settings. */
  readonly codec: Codec
  readonly sql: string
}

/**
 * Values of rows that are not staged, as a `from` item `s` of the same columns as the staging table. A value that is
 * wrong by itself is null there.
 */
export function asideSource(rows: readonly Row[], columns: readonly AsideColumn[]): string {
  const records = rows.map((row, number) => ({
    lading_row: number,
    ...Object.fromEntries(columns.map((column, index) => [`lading_${index}`, copied(row, column)])),
  }))
  const read = columns.map((_, index) => `lading_${index} text`)
  const typed = columns.map(({ codec, sql }, index) => `x.lading_${index}::${codec.stagingType} as ${sql}`)
  return `(select ${['x.lading_row', ...typed].join(', ')} from json_to_recordset(${literal(JSON.stringify(records))})
    as x(${['lading_row int4', ...read].join(', ')})) s`
}

/** Undefined for what is not given, or wrong by itself. */
function copied(row: Row, { field, codec }: AsideColumn): string | undefined {
  const value = row.values[field.index]
  if (value === undefined || value === null || value instanceof InvalidValue || isRejected(row, field))
    return undefined
  // What has become a value was made by the codec's own parse.
  return codec.toCopy(value as never)
}

/** For each row with a missing reference its number, and of each reference whether it is missing. */
export function missingSql(source: string, references: readonly TargetReference[]): string {
  const asked = references.map((reference, index) => `${isMissing(reference)} as missing_${index}`)
  const found = references.map((_, index) => `missing_${index}`)
  return `select * from (select s.lading_row as row, ${asked.join(', ')} from ${source}) asked where ${found.join(' or ')} order by row`
}

/** Unlike in the staging table, a name has not been resolved here: one row must be meant by all that is given. */
function isMissing({ column, reference, sql, scope, standIns }: TargetReference): string {
  const own = `s.${column.staged}`
  const given = [own, ...standIns.map(standIn => `s.${standIn.sql}`)].map(name => `${name} is not null`)
  const meant = [
    `(${own} is null or r.${identifier(reference.column)} = ${own}::${column.info.castType})`,
    ...standIns.map(standIn => `(s.${standIn.sql} is null or ${isMeant(standIn, 'r')})`),
  ]
  return `((${given.join(' or ')}) and not exists (select from ${sql} r where ${meant.join(' and ')}${andInScope(scope, 'r')} offset 0))`
}
