// Resource + filters → select: every value printed by its codec, rows in a total order.
import type { Target, TargetColumn } from '../catalogue/target.ts'
import { LadingError } from '../errors/lading-error.ts'
import type { ExportQuery } from '../format/format.ts'
import { identifier, literal } from '../postgres/identifier.ts'
import { nearest } from '../util/suggest.ts'
import { Refusal } from '../value/codec.ts'

/** Marks the error that a value which cannot be printed raises; see `unprintable`. */
const unprintableMark = 'lading: not printable:'

/** @throws LadingError `FILTER_INVALID` naming the field that is unknown or whose value cannot be parsed */
export function exportQuery(target: Target, filters: Readonly<Record<string, unknown>>): ExportQuery {
  const columns = target.columns.map(column => {
    const { field, info, codec, sql } = column
    return {
      alias: identifier(field.name),
      ...codec.print({ sql: `t.${sql}`, type: info.type, unprintable: unprintable(target, column) }),
    }
  })
  const conditions = Object.entries(filters).map(([name, value]) => condition(target, name, value))
  const where = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`
  return { columns, source: `from ${target.table.sql} t${where} order by ${totalOrder(target)}` }
}

/** By the primary key; without one, by all columns that can be compared, so that equal files come from equal tables. */
function totalOrder({ primaryKey, columns }: Target): string {
  if (primaryKey.length > 0) return primaryKey.map(part => `t.${part}`).join(', ')
  return columns
    .map(({ sql, field }) => (field.type.kind === 'json' ? `t.${sql}::text` : `t.${sql}`))
    .join(', ')
}

function condition(target: Target, name: string, value: unknown): string {
  const column = target.columns.find(({ field }) => field.name === name)
  if (column === undefined) {
    const known = target.columns.map(({ field }) => field.name)
    const hint = nearest(name, known)
    throw new LadingError(
      'FILTER_INVALID',
      `"${name}" is no field of ${target.resource.name}${hint ? `; did you mean "${hint}"?` : '.'} Known: ${known.join(', ')}.`,
    )
  }
  const { field, codec, info, sql } = column
  if (value === null) return `t.${sql} is null`
  const parsed =
    typeof value === 'string' ? codec.parse(field.transform?.(value) ?? value) : codec.fromJson(value)
  if (parsed instanceof Refusal || parsed === undefined) {
    throw new LadingError(
      'FILTER_INVALID',
      `The filter on "${name}" ${parsed?.message ?? codec.expectation}.`,
    )
  }
  if (info.type === 'json') return `t.${sql}::jsonb = ${literal(codec.toCopy(parsed as never))}::jsonb`
  // The codec's own parse made the value, and the literal is cast as a staged one would be.
  return `t.${sql} = ${literal(codec.toCopy(parsed as never))}::${codec.stagingType}::${info.castType}`
}

/**
 * Raises by a cast that must fail, since SQL has no expression that raises. It names the field and the row, and
 * is evaluated only for a value that cannot be printed.
 */
function unprintable(target: Target, { field, sql }: TargetColumn): string {
  const key = target.primaryKey.map(part => `t.${part}::text`)
  // Without a key the row has no name; but an expression without a column would raise when the query is planned.
  const row = key.length === 0 ? `left(t.${sql}::text, 0)` : `concat_ws(', ', ${key.join(', ')})`
  return `((${literal(`${unprintableMark} ${field.name} of row `)} || ${row})::int4)::text`
}

/** The fault that an error of an export's COPY means, if it is one that `unprintable` raised. */
export function unprintableFault(error: unknown): LadingError | undefined {
  if (!(error instanceof Error)) return undefined
  const at = error.message.indexOf(unprintableMark)
  if (at === -1) return undefined
  const [, field, row] = /^ (.*) of row (.*)"$/s.exec(error.message.slice(at + unprintableMark.length)) ?? []
  return new LadingError(
    'VALUE_NOT_PRINTABLE',
    `${row === '' ? `A value of "${field}"` : `The value of "${field}" in row ${row}`} cannot be printed: only finite values, and years from 0001 to 9999, can be read back.`,
    { cause: error },
  )
}
