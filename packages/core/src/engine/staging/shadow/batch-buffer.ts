// Buffers staged batches until the whole file has been checked; they are then merged as if they had just been copied.
import { randomBytes } from 'node:crypto'
import { identifier } from '../../../postgres/identifier.ts'
import type { Target, TargetColumn } from '../../catalogue/target.ts'
import type { SourceRecord } from '../../record/source-record.ts'
import type { Row } from '../../resource/row.ts'
import type { StagedBatch } from '../encode-batch.ts'
import { stagingColumns } from '../staging-table.ts'

/** A buffered batch without its values, which stay in the database. */
export interface BufferedBatch {
  readonly batch: StagedBatch
  /** Fills the staging table. @param staging quoted name */
  fillSql(staging: string): string
}

export interface BatchBuffer {
  readonly createSql: string
  readonly dropSql: string
  /** Returns the statement that stores the batch; it is committed together with the batch's checks. */
  storeSql(staging: string, batch: StagedBatch): string
  /** Call once the batch is committed. */
  markStored(batch: StagedBatch): void
  /** Returns the batches in the order in which they were stored. */
  batches(): Iterable<BufferedBatch>
}

/** Numbers stored for each row: 32 bytes, so a file of a million records takes 32 MB. */
const numbersPerRow = 4

interface StoredShape {
  readonly positions: Float64Array
  readonly columns: StagedBatch['columns']
  readonly lookupFields: StagedBatch['lookupFields']
  readonly hasPresence: boolean
}

export function createBatchBuffer(real: Target): BatchBuffer {
  const name = identifier(`lading_kept_${randomBytes(6).toString('hex')}`)
  const columns = stagingColumns(real)
  const stored: StoredShape[] = []
  /** Batches refer to columns of the shadow table. */
  const realOf = (column: TargetColumn) => real.writable.find(({ field }) => field === column.field) ?? column
  const staged = (batch: StoredShape) =>
    [
      'lading_row',
      ...(batch.hasPresence ? ['lading_present'] : []),
      ...batch.columns.map(({ column }) => column.staged),
      ...batch.lookupFields.map(({ sql }) => sql),
    ].join(', ')
  const shapeOf = ({ rows, columns: filled, lookupFields, hasPresence }: StagedBatch): StoredShape => ({
    lookupFields,
    positions: positionsOf(rows),
    columns: filled.map(({ column, isMixed }) => ({ column: realOf(column), isMixed })),
    hasPresence,
  })
  return {
    createSql: `create temp table ${name} (lading_batch int4, lading_row int4, lading_present varbit, ${columns.join(', ')}) using heap; create index on pg_temp.${name} (lading_batch)`,
    dropSql: `drop table if exists pg_temp.${name}`,
    storeSql(staging, batch) {
      const list = staged(shapeOf({ ...batch, rows: [] }))
      return `insert into pg_temp.${name} (lading_batch, ${list}) select ${stored.length}, ${list} from ${staging}`
    },
    markStored(batch) {
      stored.push(shapeOf(batch))
    },
    *batches() {
      for (const [number, shape] of stored.entries()) {
        yield {
          batch: {
            rows: rowsOf(shape.positions),
            columns: shape.columns,
            lookupFields: shape.lookupFields,
            hasPresence: shape.hasPresence,
            chunks: [],
          },
          fillSql: staging =>
            `insert into ${staging} (${staged(shape)}) select ${staged(shape)} from pg_temp.${name} where lading_batch = ${number}`,
        }
      }
    },
  }
}

function positionsOf(rows: readonly Row[]): Float64Array {
  const positions = new Float64Array(rows.length * numbersPerRow)
  rows.forEach(({ source: { rowNumber, line, offset, length } }, index) => {
    positions.set([rowNumber, line, offset, length], index * numbersPerRow)
  })
  return positions
}

/** Returns rows without their values: enough to identify the record in the file if the table rejects it. */
function rowsOf(positions: Float64Array): Row[] {
  return Array.from({ length: positions.length / numbersPerRow }, (_, index) => {
    const [rowNumber = 0, line = 0, offset = 0, length = 0] = positions.subarray(
      index * numbersPerRow,
      (index + 1) * numbersPerRow,
    )
    const source: SourceRecord = {
      rowNumber,
      line,
      offset,
      length,
      raw: '',
      content: undefined,
      problem: undefined,
    }
    return { source, values: [], originals: undefined, errors: undefined }
  })
}
