// The way of rows that a hook changes: values that PostgreSQL has printed → `printRow` → the bytes that COPY would print.
import { callHook } from '../../../errors/hook.ts'
import { LadingError } from '../../../errors/lading-error.ts'
import { readCopyRows, type TextRow } from '../../../postgres/copy/copy-rows.ts'
import type { ExportQuery, Format, Pass } from '../../format/format.ts'
import type { Resource } from '../../resource/define.ts'
import type { ExportPlan } from '../plan/export-plan.ts'
import { printedField } from './printed-field.ts'

export type PrintRow = NonNullable<Resource['printRow']>

/** A COPY of the values, each as the format prints it, as text or null. */
export function copyValues({ columns, source }: ExportQuery, { values }: Format): string {
  const list = columns.map(({ csv, json }) =>
    values === 'text' ? `(${csv})::text` : `to_json(${json})::text`,
  )
  return `copy (select ${list.join(', ')} ${source}) to stdout (format binary)`
}

export interface RowTransformOptions {
  readonly batchRows: number
  /** Hears the number of rows that were printed, once the last one was, and is waited for. */
  readonly onRows: ((rows: number) => unknown) | undefined
}

/** What that COPY prints → what the format's own COPY would print of the rows as `printRow` gives them. */
export function printRows(
  plan: ExportPlan,
  printRow: PrintRow,
  { batchRows, onRows }: RowTransformOptions,
): Pass {
  const { format, encoding } = plan.shape
  const change = rowChange(plan, printRow)

  return async function* print(printed) {
    const { beginning, row } = format.rowPrinter(plan.query.columns, encoding)
    let text = beginning
    let count = 0
    for await (const batch of readCopyRows(printed, batchRows)) {
      for (const values of batch) {
        const changed = change(values)
        if (changed === undefined) continue
        text += row(changed)
        count++
      }
      // Not the header alone: until there is a row, an export that fails can still be refused with a status.
      if (count > 0 && text !== '') yield Buffer.from(text)
      if (count > 0) text = ''
    }
    if (text !== '') yield Buffer.from(text)
    await onRows?.(count)
  }
}

/** The values of one row → those of the fields that are printed; undefined where the hook leaves the row out. */
function rowChange({ resource, query, unprinted, shape, codecOf }: ExportPlan, printRow: PrintRow) {
  const name = `printRow of ${resource.name}`
  const seen = [...query.columns, ...unprinted].map(column =>
    printedField(resource, column.name, shape.format.values, codecOf),
  )
  const printed = seen.slice(0, query.columns.length)
  const names = new Set(seen.map(field => field.name))

  return (values: TextRow): TextRow | undefined => {
    // Without a prototype: a field may have any name.
    const row: Record<string, unknown> = Object.create(null)
    for (const [index, field] of seen.entries()) row[field.name] = field.read(values[index] ?? null)
    Object.freeze(row)
    const given: unknown = callHook(name, () => printRow(row))
    if (given === null) return undefined
    if (given === row) return values.slice(0, printed.length)
    const changed = asRow(name, given, names)
    return printed.map((field, index) => {
      const text = values[index] ?? null
      const value = changed[field.name]
      if (value === row[field.name]) return text
      if (value === undefined) throw leftOut(name, field.name)
      return field.print(value)
    })
  }
}

/**
 * Anything but a whole row is a mistake that would lose data silently: a `return` that is missing, a name that is
 * misspelt. @throws LadingError `HOOK_FAILED`
 */
function asRow(hook: string, given: unknown, known: ReadonlySet<string>): Readonly<Record<string, unknown>> {
  if (typeof given !== 'object' || given === null || Array.isArray(given) || given instanceof Promise) {
    throw new LadingError(
      'HOOK_FAILED',
      `${hook} gave no row; it must return an object at once, or null to leave the row out.`,
    )
  }
  const unknown = Object.keys(given).find(key => !known.has(key))
  if (unknown !== undefined) {
    throw new LadingError(
      'HOOK_FAILED',
      `${hook} gave "${unknown}", which is no field of the row; change the fields that it has.`,
    )
  }
  // Only own members, whatever class it is of.
  return Object.assign(Object.create(null), given)
}

function leftOut(hook: string, field: string): LadingError {
  return new LadingError('HOOK_FAILED', `${hook} left out "${field}"; give null for no value.`)
}
