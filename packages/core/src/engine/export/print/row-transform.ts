// Transforms rows with a hook: values that PostgreSQL printed → `printRow` → the bytes that COPY would print.
import { callHook } from '../../../errors/hook.ts'
import { LadingError } from '../../../errors/lading-error.ts'
import { readCopyRows, type TextRow } from '../../../postgres/copy/copy-rows.ts'
import type { ByteTransform, ExportQuery, Format } from '../../format/format.ts'
import type { Resource } from '../../resource/define.ts'
import type { ExportPlan } from '../plan/export-plan.ts'
import { printedField } from './printed-field.ts'

export type PrintRow = NonNullable<Resource['printRow']>

/** SQL for a COPY of the values, each as the format prints it, as text or null. */
export function copyValues({ columns, source }: ExportQuery, { values }: Format): string {
  const list = columns.map(({ csv, json }) =>
    values === 'text' ? `(${csv})::text` : `to_json(${json})::text`,
  )
  return `copy (select ${list.join(', ')} ${source}) to stdout (format binary)`
}

export interface RowTransformOptions {
  readonly batchRows: number
  /** Called with the number of rows, after the last one is printed, and awaited. */
  readonly onRows: ((rows: number) => unknown) | undefined
}

/** The output of `copyValues` → what the format's own COPY would print for the rows that `printRow` returns. */
export function printRows(
  plan: ExportPlan,
  printRow: PrintRow,
  { batchRows, onRows }: RowTransformOptions,
): ByteTransform {
  const { format, encoding } = plan.shape
  const transform = rowTransformer(plan, printRow)

  return async function* print(printed) {
    const { beginning, row } = format.rowPrinter(plan.query.columns, encoding)
    let text = beginning
    let count = 0
    for await (const batch of readCopyRows(printed, batchRows)) {
      for (const values of batch) {
        const changed = transform(values)
        if (changed === undefined) continue
        text += row(changed)
        count++
      }
      // Not the header alone: before the first row, an export that fails can still respond with an error status.
      if (count > 0 && text !== '') yield Buffer.from(text)
      if (count > 0) text = ''
    }
    if (text !== '') yield Buffer.from(text)
    await onRows?.(count)
  }
}

/** The values of one row → those of the printed fields; undefined if the hook omits the row. */
function rowTransformer({ resource, query, unprinted, shape, codecOf }: ExportPlan, printRow: PrintRow) {
  const name = `printRow of ${resource.name}`
  const allFields = [...query.columns, ...unprinted].map(column =>
    printedField(resource, column.name, shape.format.values, codecOf),
  )
  const printedFields = allFields.slice(0, query.columns.length)
  const names = new Set(allFields.map(field => field.name))

  return (values: TextRow): TextRow | undefined => {
    // No prototype, since a field may have any name.
    const row: Record<string, unknown> = Object.create(null)
    for (const [index, field] of allFields.entries()) row[field.name] = field.read(values[index] ?? null)
    Object.freeze(row)
    const returned: unknown = callHook(name, () => printRow(row))
    if (returned === null) return undefined
    if (returned === row) return values.slice(0, printedFields.length)
    const changed = asRow(name, returned, names)
    return printedFields.map((field, index) => {
      const text = values[index] ?? null
      const value = changed[field.name]
      if (value === row[field.name]) return text
      if (value === undefined) throw missingField(name, field.name)
      return field.print(value)
    })
  }
}

/**
 * Rejects anything but a complete row, which would lose data silently: a missing `return`, a misspelt name.
 * @throws LadingError `HOOK_FAILED`
 */
function asRow(
  hook: string,
  returned: unknown,
  known: ReadonlySet<string>,
): Readonly<Record<string, unknown>> {
  if (
    typeof returned !== 'object' ||
    returned === null ||
    Array.isArray(returned) ||
    returned instanceof Promise
  ) {
    throw new LadingError(
      'HOOK_FAILED',
      `${hook} did not return a row; it must return an object synchronously, or null to leave the row out.`,
    )
  }
  const unknown = Object.keys(returned).find(key => !known.has(key))
  if (unknown !== undefined) {
    throw new LadingError(
      'HOOK_FAILED',
      `${hook} returned "${unknown}", which is not a field of the row; return only fields that the row has.`,
    )
  }
  // Only own properties, whatever its class.
  return Object.assign(Object.create(null), returned)
}

function missingField(hook: string, field: string): LadingError {
  return new LadingError('HOOK_FAILED', `${hook} left out "${field}"; return null for no value.`)
}
