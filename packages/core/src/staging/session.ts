// A staging table on one connection, and batches through it: COPY in one round trip, merge and commit in another.
import { setTimeout } from 'node:timers/promises'
import type { Target } from '../catalogue/target.ts'
import type { Client } from '../postgres/client.ts'
import { copyIn } from '../postgres/copy-in.ts'
import { blame, databaseFault } from '../postgres/sqlstate.ts'
import type { StagedBatch } from './encode.ts'
import { forgetErrors, mergeBatch, type Road } from './merge.ts'
import { type StagingTable, stagingTable } from './staging-table.ts'

/** A batch is tried this often when other transactions get in its way (40001, 40P01). */
const attempts = 5

export interface StagingSession {
  /**
   * Merges a batch; rows that stay out have errors afterwards.
   *
   * @param record statements that are committed with the batch, asked for when it is known what stays out
   * @throws LadingError with no row of the batch kept
   */
  merge(batch: StagedBatch, record?: () => string): Promise<void>
  /** Drops the staging table. Its commit is a synchronous one, so all batches before it are on disk then. */
  close(): Promise<void>
}

export interface SessionOptions {
  /**
   * `own`: each batch is a transaction. `caller`: the connection is inside a transaction of the caller, which is
   * neither committed nor rolled back here.
   */
  readonly transaction: 'own' | 'caller'
  /** Statements at the beginning of each batch's transaction, without a result set, such as a fence. */
  readonly fence?: string
}

export async function openSession(
  client: Client,
  target: Target,
  options: SessionOptions,
): Promise<StagingSession> {
  const staging = stagingTable(target)
  await client.query(staging.create).catch(rethrow)
  let road: Road = 'optimistic'
  const { opening, closing } = frame(staging, options)
  const work = async (batch: StagedBatch, record: () => string): Promise<Road> => {
    forgetErrors(batch)
    if (batch.rows.length === 0) await client.query(opening)
    else await copyIn(client, `${opening}; ${staging.copy(batch)}`, batch.chunks, batch.rows.length)
    return mergeBatch({
      client,
      target,
      staging: staging.sql,
      batch,
      road,
      closing: () => `${record()}; ${closing}`,
    })
  }
  return {
    async merge(batch, record) {
      if (batch.rows.length === 0 && record === undefined) return
      for (let attempt = 1; ; attempt++) {
        try {
          road = await work(batch, record ?? (() => ''))
          return
        } catch (error) {
          if (options.transaction !== 'own' || blame(error) !== 'retry' || attempt === attempts)
            rethrow(error)
          await client.query('rollback').catch(rethrow)
          // At random, so that two imports that met do not meet again.
          await setTimeout(10 * 2 ** attempt * Math.random())
        }
      }
    },
    async close() {
      await client.query(staging.drop).catch(rethrow)
    },
  }
}

/** What stands before the COPY and behind the merge. */
function frame(
  staging: StagingTable,
  { transaction, fence = '' }: SessionOptions,
): { opening: string; closing: string } {
  // In a transaction of the caller no commit empties the staging table.
  if (transaction === 'caller') return { opening: `truncate ${staging.sql}`, closing: '' }
  // A crash of the server may take back the last batches, but never half a one; `close` makes all of them durable.
  return { opening: `begin; set local synchronous_commit = off; ${fence}`, closing: 'commit' }
}

function rethrow(error: unknown): never {
  throw databaseFault(error)
}
