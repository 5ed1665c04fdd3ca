// What is wanted + the table → select: every value printed by its codec, rows in a total order.

import { optionInvalid } from '../../../config/check-options.ts'
import { identifier } from '../../../postgres/identifier.ts'
import type { Target, TargetColumn } from '../../catalogue/target.ts'
import type { ExportColumn, ExportQuery } from '../../format/format.ts'
import type { Field, Mask } from '../../resource/field.ts'
import { outputText } from '../../value/output-text.ts'
import { unprintable } from '../print/unprintable.ts'
import { conditionSql, hasNativeOrder } from '../selection/condition-sql.ts'
import type { Wanted } from '../selection/selection.ts'
import type { RowSource } from './export-plan.ts'

/** A column that a select can read, and the join that brings it. */
interface Source extends TargetColumn {
  /** Qualified. */
  readonly sql: string
  /** `left join …`; none for the table itself. */
  readonly join: string | undefined
}

/** @throws LadingError `FILTER_INVALID`, `OPTION_INVALID` for what only the catalogue knows to be impossible */
export function exportQuery(target: Target, wanted: Wanted): ExportQuery & { readonly rows: RowSource } {
  const sources = sourcesOf(target)
  const joins = new Set<string>()
  const sourceOf = (field: Field): Source => {
    const source = sources.get(field)
    if (source === undefined) throw new Error(`The target has no column for "${field.name}".`)
    if (source.join !== undefined) joins.add(source.join)
    return source
  }
  const columns = wanted.fields.map(field => printed(target, sourceOf(field)))
  const where = wanted.tests.map(test => conditionSql(sourceOf(test.field), test)).join(' and ')
  const order = [
    ...wanted.sort.map(({ field, isDescending }) => orderSql(sourceOf(field), isDescending)),
    ...totalOrder(target),
  ]
  const rows = {
    table: `${target.table.sql} t`,
    narrowed: [...joins, ...(where === '' ? [] : [`where ${where}`])].join(' '),
    order: order.join(', '),
  }
  const limit = wanted.limit === undefined ? '' : ` limit ${wanted.limit}`
  return { columns, rows, source: `from ${rows.table} ${rows.narrowed} order by ${rows.order}${limit}` }
}

function sourcesOf({ columns, references }: Target): ReadonlyMap<Field, Source> {
  const own = columns.map((column): Source => ({ ...column, sql: `t.${column.sql}`, join: undefined }))
  const joined = references.flatMap(({ sql: table, column, reference, joined: found }, index) => {
    const join = `left join ${table} j${index} on j${index}.${identifier(reference.column)} = t.${column.sql}`
    return found.map((one): Source => ({ ...one, sql: `j${index}.${one.sql}`, join }))
  })
  return new Map([...own, ...joined].map(source => [source.field, source]))
}

function printed(target: Target, { field, info, codec, sql }: Source): ExportColumn {
  const { name, type, mask } = field
  const value =
    mask === undefined
      ? codec.print({ ...info, sql, unprintable: unprintable(target, field, sql) })
      : maskSql(`(${outputText({ ...info, sql })})`, mask)
  // A uuid may be kept in a column of text, which holds anything.
  const isText =
    ['text', 'json', 'array'].includes(type.kind) || (type.kind === 'uuid' && info.type !== 'uuid')
  return { name, alias: identifier(name), ...value, isText }
}

/** Stars in place of what is withheld. Of a text that is no longer than what would stay, nothing stays. */
function maskSql(sql: string, { keepFirst, keepLast }: Mask) {
  const length = `char_length(${sql})`
  const stars = `repeat('*', ${length} - ${keepFirst + keepLast})`
  const masked = `case when ${length} <= ${keepFirst + keepLast} then repeat('*', ${length}) else left(${sql}, ${keepFirst}) || ${stars} || right(${sql}, ${keepLast}) end`
  return { csv: masked, json: masked }
}

function orderSql(source: Source, isDescending: boolean): string {
  if (!hasNativeOrder(source)) {
    throw optionInvalid(
      `The option "sort" names "${source.field.name}", whose column type ${source.info.castType} has no order that people know.`,
    )
  }
  return `${source.sql}${isDescending ? ' desc' : ''}`
}

/** By the primary key; without one, by all columns, so that equal files come from equal tables. */
function totalOrder({ primaryKey, columns }: Target): readonly string[] {
  if (primaryKey.length > 0) return primaryKey.map(part => `t.${part}`)
  return columns.map(column => (hasNativeOrder(column) ? `t.${column.sql}` : `t.${column.sql}::text`))
}
