// A value that no file can represent ↔ the fault that names its field and its row.

import { LadingError } from '../../../errors/lading-error.ts'
import { literal } from '../../../postgres/identifier.ts'
import { readIndexPart } from '../../catalogue/rules/index-part.ts'
import type { Target } from '../../catalogue/target.ts'
import type { Field } from '../../resource/field.ts'
import { outputText } from '../../value/output-text.ts'
import { isShown } from '../selection/export-fields.ts'

/** Marks the error that an unprintable value raises; see `unprintable`. */
const unprintableMark = 'lading: not printable:'

const defaultReason = 'only finite values, and years from 0001 to 9999, can be read back'
/** Other reasons, by the kind of the field. */
const reasons: ReadonlyMap<string, string> = new Map([
  ['json', 'in JSON the value null cannot be distinguished from no value; CSV can hold both'],
  [
    'integer',
    "only whole numbers up to 2^53 can be read back; give its field Type.String({ format: 'int64' }), or 'decimal' where it has fractions",
  ],
  [
    'bigint',
    "only whole numbers of 64 bits can be read back; give its field Type.String({ format: 'decimal' })",
  ],
  [
    'list',
    'a list can be read back if it has the dimensions that its schema says, finite values, whole numbers of the size that its schema takes, years from 0001 to 9999, and null only where the schema of its elements takes it; in JSON it must also be counted from 1 and hold no JSON value null',
  ],
])

/** Marks the end: the database adds quotes, which differ by language. */
const endMark = ':lading'

/**
 * SQL that raises an error through a cast that must fail, since SQL has no expression that raises. The error names the
 * field and the row. The cast is evaluated only for an unprintable value.
 *
 * @param sql the qualified column
 */
export function unprintable(target: Target, { name, type }: Field, sql: string): string {
  const key = visibleKey(target)
  const kind = type.kind === 'array' ? 'list' : type.kind
  // Without a key the row has no name. An expression without a column would already raise when the query is planned.
  const row = key.length === 0 ? `left(${sql}::text, 0)` : `concat_ws(', ', ${key.join(', ')})`
  // With the length of the name, since the name and the key may contain anything.
  const prefix = literal(`${unprintableMark}${name.length} ${name} (${kind}) of row `)
  return `((${prefix} || ${row} || ${literal(endMark)})::int4)::text`
}

/** The primary key, unless a part of it is hidden or masked. */
function visibleKey({ primaryKey, columns }: Target): readonly string[] {
  const shown = new Map(columns.filter(({ field }) => isShown(field)).map(({ info }) => [info.name, info]))
  const parts = primaryKey.map(part => ({
    info: shown.get(readIndexPart(part)?.column ?? ''),
    sql: `t.${part}`,
  }))
  return parts.every(({ info }) => info !== undefined)
    ? parts.map(({ info, sql }) => (info === undefined ? sql : outputText({ ...info, sql })))
    : []
}

/** The fault for an error of an export's COPY; undefined if `unprintable` did not raise it. */
export function unprintableFault(error: unknown): LadingError | undefined {
  if (!(error instanceof Error)) return undefined
  const start = error.message.indexOf(unprintableMark)
  if (start === -1) return undefined
  const details = error.message.slice(start + unprintableMark.length, error.message.lastIndexOf(endMark))
  const from = details.indexOf(' ') + 1
  const to = from + Number.parseInt(details, 10)
  const field = details.slice(from, to)
  const [, kind = '', row = ''] = /^ \(([a-z]+)\) of row (.*)$/s.exec(details.slice(to)) ?? []
  return new LadingError(
    'VALUE_NOT_PRINTABLE',
    `${row === '' ? `A value of "${field}"` : `The value of "${field}" in row ${row}`} cannot be printed: ${reasons.get(kind) ?? defaultReason}.`,
    { cause: error },
  )
}
