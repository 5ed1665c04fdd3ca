// A value that no file can hold ↔ the fault that names its field and its row.

import { LadingError } from '../../../errors/lading-error.ts'
import { literal } from '../../../postgres/identifier.ts'
import { readIndexPart } from '../../catalogue/rules/index-part.ts'
import type { Target } from '../../catalogue/target.ts'
import type { Field } from '../../resource/field.ts'
import { outputText } from '../../value/output-text.ts'
import { isShown } from '../selection/export-fields.ts'

/** Marks the error that a value which cannot be printed raises; see `unprintable`. */
const unprintableMark = 'lading: not printable:'

const usual = 'only finite values, and years from 0001 to 9999, can be read back'
/** Where it is something else, by the kind of the field. */
const printable: ReadonlyMap<string, string> = new Map([
  ['json', 'in JSON the value null cannot be told from no value; CSV can hold both'],
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

/** Ends what stands behind it: the database puts it in quotes, which differ by its language. */
const endMark = ':lading'

/**
 * SQL that raises by a cast that must fail, since SQL has no expression that raises. It names the field and the row,
 * and is evaluated only for a value that cannot be printed.
 *
 * @param sql the column, qualified
 */
export function unprintable(target: Target, { name, type }: Field, sql: string): string {
  const key = namedKey(target)
  const kind = type.kind === 'array' ? 'list' : type.kind
  // Without a key the row has no name; but an expression without a column would raise when the query is planned.
  const row = key.length === 0 ? `left(${sql}::text, 0)` : `concat_ws(', ', ${key.join(', ')})`
  // With its length, since the name and the key may both hold anything.
  const beginning = literal(`${unprintableMark}${name.length} ${name} (${kind}) of row `)
  return `((${beginning} || ${row} || ${literal(endMark)})::int4)::text`
}

/** The primary key, unless some of it is nobody's to see. */
function namedKey({ primaryKey, columns }: Target): readonly string[] {
  const shown = new Map(columns.filter(({ field }) => isShown(field)).map(({ info }) => [info.name, info]))
  const parts = primaryKey.map(part => ({
    info: shown.get(readIndexPart(part)?.column ?? ''),
    sql: `t.${part}`,
  }))
  return parts.every(({ info }) => info !== undefined)
    ? parts.map(({ info, sql }) => (info === undefined ? sql : outputText({ ...info, sql })))
    : []
}

/** The fault that an error of an export's COPY means, if it is one that `unprintable` raised. */
export function unprintableFault(error: unknown): LadingError | undefined {
  if (!(error instanceof Error)) return undefined
  const at = error.message.indexOf(unprintableMark)
  if (at === -1) return undefined
  const told = error.message.slice(at + unprintableMark.length, error.message.lastIndexOf(endMark))
  const from = told.indexOf(' ') + 1
  const to = from + Number.parseInt(told, 10)
  const field = told.slice(from, to)
  const [, kind = '', row = ''] = /^ \(([a-z]+)\) of row (.*)$/s.exec(told.slice(to)) ?? []
  return new LadingError(
    'VALUE_NOT_PRINTABLE',
    `${row === '' ? `A value of "${field}"` : `The value of "${field}" in row ${row}`} cannot be printed: ${printable.get(kind) ?? usual}.`,
    { cause: error },
  )
}
