// Rows → COPY lines of a staged batch, and its shape: which columns it fills, and which of them only in some rows.

import type { Target, TargetColumn, TargetLookupField } from '../catalogue/target.ts'
import type { Field } from '../resource/field.ts'
import type { Row } from '../resource/row.ts'
import { encodeLines, type IsAbsent } from './encode-lines.ts'

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
  const encoded = rows.find(row => row.lines !== undefined)?.lines?.fields
  const others = encoded === undefined ? rows : rows.filter(({ lines }) => lines?.fields !== encoded)
  const columns = stagedColumns(target, { rows, others, encoded, mayUpdate })
  const hasPresence = columns.some(column => column.isMixed)
  const lookupFields = target.references
    .flatMap(reference => reference.lookupFields)
    .filter(lookupField => others.some(row => isGiven(row, lookupField)))
  const shape = { rows, columns, lookupFields, hasPresence }
  const absenceTests = columns.map(({ column }) => absenceTest(target, column))
  return { ...shape, chunks: encodeLines(shape, absenceTests, chunkBytes) }
}

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

interface RowsToStage {
  readonly rows: readonly Row[]
  /** The fields of rows that are encoded already; undefined if there are no such rows. */
  readonly encoded: readonly Field[] | undefined
  /** All other rows. */
  readonly others: readonly Row[]
  readonly mayUpdate: boolean
}

function stagedColumns(target: Target, { rows, encoded, others, mayUpdate }: RowsToStage): StagedColumn[] {
  return target.writable.flatMap(column => {
    const isAbsent = absenceTest(target, column)
    let absent = encoded?.includes(column.field) === false ? rows.length - others.length : 0
    for (const row of others) if (isAbsent(row)) absent++
    if (absent === rows.length) return []
    return { column, isMixed: absent > 0 && (mayUpdate || column.info.default !== null) }
  })
}
