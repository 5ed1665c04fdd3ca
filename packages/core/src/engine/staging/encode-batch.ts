// Rows → COPY lines of a staged batch, and its shape: which columns it fills, and which of them only here and there.

import { copyNull, copyValue, packLines } from '../../postgres/copy/copy-text.ts'
import type { Target, TargetColumn, TargetLookupField } from '../catalogue/target.ts'
import type { Row } from '../resource/row.ts'

export interface StagedColumn {
  readonly column: TargetColumn
  /** Absent in some rows, where the default or the value of the table has to stand in for it. */
  readonly isMixed: boolean
}

export interface StagedBatch {
  /** By their number in the staging table. */
  readonly rows: readonly Row[]
  /** Columns that at least one row fills; the database itself fills the others with their defaults. */
  readonly columns: readonly StagedColumn[]
  /** Fields that stand for a column in at least one row. */
  readonly standIns: readonly TargetLookupField[]
  /** Some column is mixed, so that each row carries a bit for each column: present or not. */
  readonly hasPresence: boolean
  readonly chunks: readonly Buffer[]
  /**
   * Rows with a value that is none of its column's type: they have their errors, and are in the staging table no more.
   * Undefined while nobody has looked.
   */
  readonly unreadable?: ReadonlySet<number>
}

/** Rows that are in the staging table. */
export function stagedCount({ rows, unreadable }: StagedBatch): number {
  return rows.length - (unreadable?.size ?? 0)
}

export interface EncodeOptions {
  /** Rows may be updated, so that it must be known of every one what it gives and what it leaves alone. */
  readonly mayUpdate: boolean
  /** Bytes of one write into COPY. */
  readonly chunkBytes: number
}

/** Encodes rows without errors. */
export function encodeBatch(
  target: Target,
  rows: readonly Row[],
  { mayUpdate, chunkBytes }: EncodeOptions,
): StagedBatch {
  const columns = stagedColumns(target, rows, mayUpdate)
  const hasPresence = columns.some(column => column.isMixed)
  const standIns = target.references
    .flatMap(reference => reference.standIns)
    .filter(standIn => rows.some(row => isGiven(row, standIn)))
  const shape = { rows, columns, standIns, hasPresence }
  const absences = columns.map(({ column }) => absence(target, column))
  return { ...shape, chunks: packLines(lines(shape, absences), chunkBytes) }
}

type IsAbsent = (row: Row) => boolean

/** Absent is not null; but null in a column that takes none can only mean its default. */
function absence({ references }: Target, column: TargetColumn): IsAbsent {
  const { field, info } = column
  const standIns = references.filter(reference => reference.column === column).flatMap(one => one.standIns)
  return row => {
    const value = row.values[field.index]
    const isNone = value === undefined || (value === null && info.notNull)
    return isNone && !standIns.some(standIn => isGiven(row, standIn))
  }
}

function isGiven(row: Row, { field }: TargetLookupField): boolean {
  const value = row.values[field.index]
  return value !== undefined && value !== null
}

function stagedColumns(target: Target, rows: readonly Row[], mayUpdate: boolean): StagedColumn[] {
  return target.writable.flatMap(column => {
    const isAbsent = absence(target, column)
    let absent = 0
    for (const row of rows) if (isAbsent(row)) absent++
    if (absent === rows.length) return []
    return { column, isMixed: absent > 0 && (mayUpdate || column.info.default !== null) }
  })
}

function* lines(
  { rows, columns, standIns, hasPresence }: Omit<StagedBatch, 'chunks'>,
  absences: readonly IsAbsent[],
): Generator<string> {
  const encoders = [...columns.map(({ column }) => column), ...standIns].map(encoder)
  const first = hasPresence ? 2 : 1
  // One array for all rows and one join for each: adding cell to cell makes a string object of every step.
  const cells = new Array<string>(first + encoders.length)
  for (let number = 0; number < rows.length; number++) {
    const row = rows[number]
    if (row === undefined) continue
    cells[0] = String(number)
    if (hasPresence) cells[1] = absences.map(isAbsent => (isAbsent(row) ? '0' : '1')).join('')
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
  const escaped = codec.isPlain === true ? (text: string) => text : copyValue
  return values => {
    const value = values[index]
    // Only values that the codec's own parse made are staged, so they are of the type that it encodes.
    return value === undefined || value === null ? copyNull : escaped(codec.toCopy(value as never))
  }
}
