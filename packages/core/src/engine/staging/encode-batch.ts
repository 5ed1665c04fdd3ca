// Rows → COPY lines of a staged batch, and its shape: which columns it fills, and which of them only in some rows.

import { copyNull, copyValue, packLines } from '../../postgres/copy/copy-text.ts'
import type { Target, TargetColumn, TargetLookupField } from '../catalogue/target.ts'
import type { Row } from '../resource/row.ts'

export interface StagedColumn {
  readonly column: TargetColumn
  /** Absent in some rows, which use the column's default or keep the value in the table. */
  readonly isMixed: boolean
}

export interface StagedBatch {
  /** In the order of `chunks`, and indexed by `lading_row`, the number of the row in the staging table. */
  readonly rows: readonly Row[]
  /** Columns that at least one row fills; the database fills the others with their defaults. */
  readonly columns: readonly StagedColumn[]
  /** Lookup fields that at least one row gives. */
  readonly lookupFields: readonly TargetLookupField[]
  /** True if a column is mixed; then each row carries one presence bit for each column. */
  readonly hasPresence: boolean
  readonly chunks: readonly Buffer[]
  /**
   * Rows with a value that the type of its column rejects. They have their errors, and were removed from the staging
   * table. Undefined until the values have been checked.
   */
  readonly unreadable?: ReadonlySet<number>
}

/** Returns the number of rows in the staging table. */
export function stagedCount({ rows, unreadable }: StagedBatch): number {
  return rows.length - (unreadable?.size ?? 0)
}

export interface EncodeBatchOptions {
  /** Rows may be updated, so it must be known for each row which columns it gives. */
  readonly mayUpdate: boolean
  /** Size in bytes of one write to COPY. */
  readonly chunkBytes: number
}

/** Encodes rows without errors. */
export function encodeBatch(
  target: Target,
  rows: readonly Row[],
  { mayUpdate, chunkBytes }: EncodeBatchOptions,
): StagedBatch {
  const columns = stagedColumns(target, rows, mayUpdate)
  const hasPresence = columns.some(column => column.isMixed)
  const lookupFields = target.references
    .flatMap(reference => reference.lookupFields)
    .filter(lookupField => rows.some(row => isGiven(row, lookupField)))
  const shape = { rows, columns, lookupFields, hasPresence }
  const absenceTests = columns.map(({ column }) => absenceTest(target, column))
  return { ...shape, chunks: packLines(lines(shape, absenceTests), chunkBytes) }
}

type IsAbsent = (row: Row) => boolean

/** A null value is present, except in a NOT NULL column: there it can only mean the default. */
function absenceTest({ references }: Target, column: TargetColumn): IsAbsent {
  const { field, info } = column
  const lookupFields = references
    .filter(reference => reference.column === column)
    .flatMap(reference => reference.lookupFields)
  return row => {
    const value = row.values[field.index]
    const isEmpty = value === undefined || (value === null && info.notNull)
    return isEmpty && !lookupFields.some(lookupField => isGiven(row, lookupField))
  }
}

function isGiven(row: Row, { field }: TargetLookupField): boolean {
  const value = row.values[field.index]
  return value !== undefined && value !== null
}

function stagedColumns(target: Target, rows: readonly Row[], mayUpdate: boolean): StagedColumn[] {
  return target.writable.flatMap(column => {
    const isAbsent = absenceTest(target, column)
    let absent = 0
    for (const row of rows) if (isAbsent(row)) absent++
    if (absent === rows.length) return []
    return { column, isMixed: absent > 0 && (mayUpdate || column.info.default !== null) }
  })
}

function* lines(
  { rows, columns, lookupFields, hasPresence }: Omit<StagedBatch, 'chunks'>,
  absenceTests: readonly IsAbsent[],
): Generator<string> {
  const encoders = [...columns.map(({ column }) => column), ...lookupFields].map(encoder)
  const first = hasPresence ? 1 : 0
  // Reuses one array and joins it once per row: concatenating cells would create a string for each step.
  const cells = new Array<string>(first + encoders.length)
  for (const row of rows) {
    if (hasPresence) cells[0] = absenceTests.map(isAbsent => (isAbsent(row) ? '0' : '1')).join('')
    for (let index = 0; index < encoders.length; index++)
      cells[first + index] = encoders[index]?.(row.values) ?? copyNull
    yield cells.join('\t')
  }
}

function encoder({
  field,
  codec,
}: Pick<TargetColumn, 'field' | 'codec'>): (values: readonly unknown[]) => string {
  const { index } = field
  const escapeText = codec.isPlain === true ? (text: string) => text : copyValue
  return values => {
    const value = values[index]
    // Staged values come from the codec's own parser, so they have the type that it encodes.
    return value === undefined || value === null ? copyNull : escapeText(codec.toCopy(value as never))
  }
}
