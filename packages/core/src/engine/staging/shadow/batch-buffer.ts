// Staged batches, kept until the whole file has been judged, and then merged as if they had just been copied.
import { randomBytes } from 'node:crypto'
import { identifier } from '../../../postgres/identifier.ts'
import type { Target, TargetColumn } from '../../catalogue/target.ts'
import type { SourceRecord } from '../../record/source-record.ts'
import type { Row } from '../../resource/row.ts'
import type { StagedBatch } from '../encode-batch.ts'
import { stagingColumns } from '../staging-table.ts'

/** What is remembered of a kept batch here; its values are in the database. */
export interface BufferedBatch {
  readonly batch: StagedBatch
  /** Fills the staging table. @param staging quoted name */
  fillSql(staging: string): string
}

export interface BatchBuffer {
  readonly createSql: string
  readonly dropSql: string
  /** To be committed with the batch's judgement. */
  keepSql(staging: string, batch: StagedBatch): string
  /** The batch is kept for good. */
  kept(batch: StagedBatch): void
  /** In the order in which they came. */
  batches(): Iterable<BufferedBatch>
}

/** Numbers for each row: 32 bytes, so that a file of a million records costs 32 MB. */
const numbersPerRow = 4

interface Memory {
  readonly places: Float64Array
  readonly columns: StagedBatch['columns']
  readonly standIns: StagedBatch['standIns']
  readonly hasPresence: boolean
}

export function createBatchBuffer(real: Target): BatchBuffer {
  const name = identifier(`lading_kept_${randomBytes(6).toString('hex')}`)
  const columns = stagingColumns(real)
  const memory: Memory[] = []
  /** Batches come with columns of the stand-in. */
  const realOf = (column: TargetColumn) => real.writable.find(({ field }) => field === column.field) ?? column
  const staged = (batch: Memory) =>
    [
      'lading_row',
      ...(batch.hasPresence ? ['lading_present'] : []),
      ...batch.columns.map(({ column }) => column.staged),
      ...batch.standIns.map(({ sql }) => sql),
    ].join(', ')
  const remember = ({ rows, columns: filled, standIns, hasPresence }: StagedBatch): Memory => ({
    standIns,
    places: placesOf(rows),
    columns: filled.map(({ column, isMixed }) => ({ column: realOf(column), isMixed })),
    hasPresence,
  })
  return {
    createSql: `create temp table ${name} (lading_batch int4, lading_row int4, lading_present varbit, ${columns.join(', ')}) using heap; create index on pg_temp.${name} (lading_batch)`,
    dropSql: `drop table if exists pg_temp.${name}`,
    keepSql(staging, batch) {
      const list = staged(remember({ ...batch, rows: [] }))
      return `insert into pg_temp.${name} (lading_batch, ${list}) select ${memory.length}, ${list} from ${staging}`
    },
    kept(batch) {
      memory.push(remember(batch))
    },
    *batches() {
      for (const [number, kept] of memory.entries()) {
        yield {
          batch: {
            rows: rowsOf(kept.places),
            columns: kept.columns,
            standIns: kept.standIns,
            hasPresence: kept.hasPresence,
            chunks: [],
          },
          fillSql: staging =>
            `insert into ${staging} (${staged(kept)}) select ${staged(kept)} from pg_temp.${name} where lading_batch = ${number}`,
        }
      }
    },
  }
}

function placesOf(rows: readonly Row[]): Float64Array {
  const places = new Float64Array(rows.length * numbersPerRow)
  rows.forEach(({ source: { rowNumber, line, offset, length } }, index) => {
    places.set([rowNumber, line, offset, length], index * numbersPerRow)
  })
  return places
}

/** Rows without their values: enough to say which record of the file it is that the table refuses in the end. */
function rowsOf(places: Float64Array): Row[] {
  return Array.from({ length: places.length / numbersPerRow }, (_, index) => {
    const [rowNumber = 0, line = 0, offset = 0, length = 0] = places.subarray(
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
    return { source, values: [], given: undefined, errors: undefined }
  })
}
