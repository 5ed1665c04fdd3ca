// SQL that finds the missing references of rejected records, whose values are sent inline.

import { identifier, literal } from '../../../postgres/identifier.ts'
import type { TargetReference } from '../../catalogue/target.ts'
import type { Field } from '../../resource/field.ts'
import { isRejected, type Row } from '../../resource/row.ts'
import { type Codec, InvalidValue } from '../../value/codec.ts'
import { matchesLookup } from '../merge/compare-sql.ts'
import { andInScope } from '../merge/scope-sql.ts'

/** A field as it would be staged: its name in the staging table, and the codec of its value. */
export interface InlineColumn {
  readonly field: Field
  /** The column's codec: the field's type alone may map to another type, whose conversion depends on session settings. */
  readonly codec: Codec
  readonly sql: string
}

/**
 * Returns a `from` item `s` with the values of rows that are not staged, and with the column names of the staging table.
 * An invalid value becomes null.
 */
export function inlineSource(rows: readonly Row[], columns: readonly InlineColumn[]): string {
  const records = rows.map((row, number) => ({
    lading_row: number,
    ...Object.fromEntries(columns.map((column, index) => [`lading_${index}`, encoded(row, column)])),
  }))
  const read = columns.map((_, index) => `lading_${index} text`)
  const typed = columns.map(({ codec, sql }, index) => `x.lading_${index}::${codec.stagingType} as ${sql}`)
  return `(select ${['x.lading_row', ...typed].join(', ')} from json_to_recordset(${literal(JSON.stringify(records))})
    as x(${['lading_row int4', ...read].join(', ')})) s`
}

/** Returns undefined for a value that is absent or invalid. */
function encoded(row: Row, { field, codec }: InlineColumn): string | undefined {
  const value = row.values[field.index]
  if (value === undefined || value === null || value instanceof InvalidValue || isRejected(row, field))
    return undefined
  // The value comes from the codec's own parser.
  return codec.toCopy(value as never)
}

/** Returns a query for the rows with a missing reference: the row number, and a flag for each reference. */
export function missingSql(source: string, references: readonly TargetReference[]): string {
  const flags = references.map((reference, index) => `${isMissing(reference)} as missing_${index}`)
  const found = references.map((_, index) => `missing_${index}`)
  return `select * from (select s.lading_row as row, ${flags.join(', ')} from ${source}) asked where ${found.join(' or ')} order by row`
}

/** Lookup fields are not resolved here, unlike in the staging table: one row must match all values that are given. */
function isMissing({ column, reference, sql, scope, lookupFields }: TargetReference): string {
  const own = `s.${column.staged}`
  const given = [own, ...lookupFields.map(lookupField => `s.${lookupField.sql}`)].map(
    name => `${name} is not null`,
  )
  const matches = [
    `(${own} is null or r.${identifier(reference.column)} = ${own}::${column.info.castType})`,
    ...lookupFields.map(
      lookupField => `(s.${lookupField.sql} is null or ${matchesLookup(lookupField, 'r')})`,
    ),
  ]
  return `((${given.join(' or ')}) and not exists (select from ${sql} r where ${matches.join(' and ')}${andInScope(scope, 'r')} offset 0))`
}
