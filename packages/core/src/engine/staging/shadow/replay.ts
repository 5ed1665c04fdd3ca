// Merges buffered batches into the real table, in the open transaction: the second half of an atomic import.

import type { Client } from '../../../postgres/pool/checkout.ts'
import { databaseFault } from '../../../postgres/sqlstate.ts'
import type { Target } from '../../catalogue/target.ts'
import type { Row } from '../../resource/row.ts'
import { recall } from '../explain/recall.ts'
import { assertAccounted, type MergeOutcome } from '../merge/batch-outcome.ts'
import type { OnConflict } from '../merge/conflict.ts'
import { mergeBatch } from '../merge/merge-batch.ts'
import type { MergeStrategy } from '../merge/merge-context.ts'
import type { Sequences } from '../sequences/sequences.ts'
import { stagingTable } from '../staging-table.ts'
import type { BatchBuffer } from './batch-buffer.ts'

export interface Replayed {
  /** Rows with errors that the shadow table could not detect, or that concurrent changes caused. */
  readonly rejected: readonly Row[]
  readonly outcome: MergeOutcome
}

/** Merges batch by batch, as in the shadow table. Continues after a rejected row, so that all errors are reported. */
export async function replay(
  client: Client,
  target: Target,
  buffer: BatchBuffer,
  onConflict: OnConflict,
  sequences: Sequences,
): Promise<Replayed> {
  const staging = stagingTable(target)
  const rejected: Row[] = []
  let strategy: MergeStrategy = 'optimistic'
  let total: MergeOutcome = { inserted: 0, updated: 0, ignored: 0 }
  try {
    await client.query(staging.create)
    for (const { batch, fillSql } of buffer.batches()) {
      await sequences.beforeBatch(client, batch)
      await client.query(`truncate ${staging.sql}; ${fillSql(staging.sql)}`)
      const merged = await mergeBatch({
        client,
        target,
        staging: staging.sql,
        batch,
        onConflict,
        strategy: strategy,
        sequences,
        async finish(ending) {
          const { outcome, before } = ending
          assertAccounted(batch.rows, outcome)
          const statements = [before, sequences.afterBatch(staging.sql, batch, ending)].filter(Boolean)
          if (statements.length > 0) sequences.handleResult(await client.query(statements.join('; ')))
        },
        recall: numbers => recall(client, staging.sql, batch, numbers),
      })
      strategy = merged.strategy
      total = sum(total, merged.outcome)
      for (const row of batch.rows) if (row.errors !== undefined) rejected.push(row)
    }
    await client.query(staging.drop)
    await sequences.settle(client)
  } catch (error) {
    throw databaseFault(error)
  }
  return { rejected, outcome: total }
}

function sum(one: MergeOutcome, other: MergeOutcome): MergeOutcome {
  return {
    inserted: one.inserted + other.inserted,
    updated: one.updated + other.updated,
    ignored: one.ignored + other.ignored,
  }
}
