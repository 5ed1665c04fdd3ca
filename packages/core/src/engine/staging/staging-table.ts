// The staging table of a run: a temporary table whose columns have the codecs' types and no constraints.
import { randomBytes } from 'node:crypto'
import { identifier } from '../../postgres/identifier.ts'
import type { Target } from '../catalogue/target.ts'
import type { StagedBatch } from './encode-batch.ts'

export interface StagingTable {
  /** Quoted, with its schema. */
  readonly sql: string
  readonly create: string
  readonly drop: string
  /** Returns the COPY … FROM STDIN statement that loads this batch. */
  copy(batch: StagedBatch): string
}

/**
 * Describes the staging table. It is temporary, so that it writes no WAL (an unlogged table emptied by DELETE costs 20 %
 * more), and is emptied at the end of each transaction. It has no constraints, lengths or domains: errors must occur in the
 * merge, where the row at fault can be identified.
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
        ...batch.lookupFields.map(({ sql }) => sql),
      ]
      return `copy pg_temp.${name} (${staged.join(', ')}) from stdin`
    },
  }
}

/** Returns a definition for each column that a record can fill, and for each lookup field. */
export function stagingColumns({ writable, references }: Target): string[] {
  return [
    ...writable.map(({ staged, codec }) => `${staged} ${codec.stagingType}`),
    ...references.flatMap(reference =>
      reference.lookupFields.map(({ sql, codec }) => `${sql} ${codec.stagingType}`),
    ),
  ]
}
