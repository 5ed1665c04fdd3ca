// A selection + the table → SQL: every value printed by its codec, rows in a total order.

import { optionInvalid } from '../../../config/check-options.ts'
import { identifier } from '../../../postgres/identifier.ts'
import type { Target, TargetColumn } from '../../catalogue/target.ts'
import type { ExportColumn, ExportQuery } from '../../format/format.ts'
import type { Field, Mask } from '../../resource/field.ts'
import { outputText } from '../../value/output-text.ts'
import { unprintable } from '../print/unprintable.ts'
import { conditionSql, hasNativeOrder } from '../selection/condition-sql.ts'
import type { ParsedSelection } from '../selection/selection.ts'
import type { RowSource } from './export-plan.ts'

/** A column that a select can read, and the join that provides it. */
interface ColumnSource extends TargetColumn {
  /** The qualified column. */
  readonly sql: string
  /** `left join …`; undefined for the table itself. */
  readonly join: string | undefined
}

/** @throws LadingError `FILTER_INVALID`, `OPTION_INVALID` for a selection that only the catalogue shows to be impossible */
export function exportQuery(
  target: Target,
  selection: ParsedSelection,
): ExportQuery & { readonly rows: RowSource } {
  const sources = sourcesOf(target)
  const joins = new Set<string>()
  const sourceOf = (field: Field): ColumnSource => {
    const source = sources.get(field)
    if (source === undefined) throw new Error(`The target has no column for "${field.name}".`)
    if (source.join !== undefined) joins.add(source.join)
    return source
  }
  const columns = selection.fields.map(field => printedColumn(target, sourceOf(field)))
  const where = selection.tests.map(test => conditionSql(sourceOf(test.field), test)).join(' and ')
  const order = [
    ...selection.sort.map(({ field, isDescending }) => orderSql(sourceOf(field), isDescending)),
    ...totalOrder(target),
  ]
  const rows = {
    table: `${target.table.sql} t`,
    joinsAndWhere: [...joins, ...(where === '' ? [] : [`where ${where}`])].join(' '),
    order: order.join(', '),
  }
  const limit = selection.limit === undefined ? '' : ` limit ${selection.limit}`
  return { columns, rows, source: `from ${rows.table} ${rows.joinsAndWhere} order by ${rows.order}${limit}` }
}

function sourcesOf({ columns, references }: Target): ReadonlyMap<Field, ColumnSource> {
  const own = columns.map((column): ColumnSource => ({ ...column, sql: `t.${column.sql}`, join: undefined }))
  const joined = references.flatMap(({ sql: table, column, reference, joined: joinedColumns }, index) => {
    const join = `left join ${table} j${index} on j${index}.${identifier(reference.column)} = t.${column.sql}`
    return joinedColumns.map((one): ColumnSource => ({ ...one, sql: `j${index}.${one.sql}`, join }))
  })
  return new Map([...own, ...joined].map(source => [source.field, source]))
}

function printedColumn(target: Target, { field, info, codec, sql }: ColumnSource): ExportColumn {
  const { name, type, mask } = field
  const value =
    mask === undefined
      ? codec.print({ ...info, sql, unprintable: unprintable(target, field, sql) })
      : maskSql(`(${outputText({ ...info, sql })})`, mask)
  // A uuid may be stored in a text column, which can contain anything.
  const isText =
    ['text', 'json', 'array'].includes(type.kind) || (type.kind === 'uuid' && info.type !== 'uuid')
  return { name, alias: identifier(name), ...value, isText }
}

/** Replaces the hidden characters with stars. A text no longer than the visible part is masked completely. */
function maskSql(sql: string, { keepFirst, keepLast }: Mask) {
  const length = `char_length(${sql})`
  const stars = `repeat('*', ${length} - ${keepFirst + keepLast})`
  const masked = `case when ${length} <= ${keepFirst + keepLast} then repeat('*', ${length}) else left(${sql}, ${keepFirst}) || ${stars} || right(${sql}, ${keepLast}) end`
  return { csv: masked, json: masked }
}

function orderSql(source: ColumnSource, isDescending: boolean): string {
  if (!hasNativeOrder(source)) {
    throw optionInvalid(
      `The option "sort" names "${source.field.name}", whose column type ${source.info.castType} has no natural order.`,
    )
  }
  return `${source.sql}${isDescending ? ' desc' : ''}`
}

/** By the primary key; without one, by all columns, so that equal tables give equal files. */
function totalOrder({ primaryKey, columns }: Target): readonly string[] {
  if (primaryKey.length > 0) return primaryKey.map(part => `t.${part}`)
  return columns.map(column => (hasNativeOrder(column) ? `t.${column.sql}` : `t.${column.sql}::text`))
}
