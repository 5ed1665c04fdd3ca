// The staging table: temporary, one for each run, its columns typed by the codecs and bound by no rule.
import { randomBytes } from 'node:crypto'
import { identifier } from '../../postgres/identifier.ts'
import type { Target } from '../catalogue/target.ts'
import type { StagedBatch } from './encode-batch.ts'

export interface StagingTable {
  /** Quoted, with its schema. */
  readonly sql: string
  readonly create: string
  readonly drop: string
  /** The COPY … FROM STDIN that fills it with this batch. */
  copy(batch: StagedBatch): string
}

/**
 * Temporary, so that it writes no WAL (an unlogged table emptied by DELETE costs 20 % more), and emptied by the
 * end of each transaction. Without constraints, lengths or domains: whatever the table refuses has to be refused
 * in the merge, where the row at fault can be told.
 */
export function stagingTable(target: Target): StagingTable {
  const name = identifier(`lading_staging_${randomBytes(6).toString('hex')}`)
  const columns = stagingColumns(target)
  return {
    sql: `pg_temp.${name}`,
    create: `create temp table ${name} (lading_row int4, lading_present varbit, ${columns.join(', ')}) using heap on commit delete rows`,
    drop: `drop table if exists pg_temp.${name}`,
    copy: batch => {
      const staged = [
        'lading_row',
        ...(batch.hasPresence ? ['lading_present'] : []),
        ...batch.columns.map(({ column }) => column.staged),
        ...batch.standIns.map(({ sql }) => sql),
      ]
      return `copy pg_temp.${name} (${staged.join(', ')}) from stdin`
    },
  }
}

/** Every column that a record can fill, and every field that can stand for one. */
export function stagingColumns({ writable, references }: Target): string[] {
  return [
    ...writable.map(({ staged, codec }) => `${staged} ${codec.stagingType}`),
    ...references.flatMap(({ standIns }) => standIns.map(({ sql, codec }) => `${sql} ${codec.stagingType}`)),
  ]
}
