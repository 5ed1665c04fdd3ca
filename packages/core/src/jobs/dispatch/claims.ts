// Takes ready jobs for one worker, and gives back those whose claim it did not hear of.
import type { Pool } from '../../postgres/pool/client.ts'
import { databaseFault } from '../../postgres/sqlstate.ts'
import { runOnCheckout, type Statement } from '../../queue/run-on-checkout.ts'
import type { JobRow } from '../store/job-row.ts'
import { byTurn, type Fairness } from './fairness.ts'
import { claimReadySql, giveBackSql } from './ready-sql.ts'

export interface ClaimOptions {
  readonly pool: Pool
  readonly lanes: readonly string[]
  readonly fairness: Fairness
  /** Name of the worker; no other worker has it, or had it before. */
  readonly worker: string
  readonly leaseSeconds: number
  /** Ids of the jobs of these lanes that this worker runs. */
  readonly running: () => readonly string[]
}

export interface Claims {
  /**
   * Claims jobs whose turn it is, in this order: at most one of each fairness key, so there may be more.
   *
   * @param count jobs, at most
   * @throws LadingError `DATABASE_UNAVAILABLE` without an answer within 5 seconds, and what else the database says
   */
  take(count: number, signal: AbortSignal): Promise<readonly JobRow[]>
}

export function createClaims(options: ClaimOptions): Claims {
  const { pool, lanes, fairness, worker, leaseSeconds, running } = options
  let isUnsure = false

  async function ask(statement: Statement, signal: AbortSignal): Promise<JobRow[]> {
    const { rows } = await runOnCheckout(pool, statement, signal).catch((error: unknown) => {
      throw databaseFault(error)
    })
    return rows as unknown as JobRow[]
  }

  return {
    async take(count, signal) {
      if (isUnsure) await ask(giveBackSql(lanes, worker, running()), signal)
      isUnsure = true
      const turn = fairness.turn()
      const rows = await ask(claimReadySql({ lanes, count, turn, worker, leaseSeconds }), signal)
      isUnsure = false
      const inTurn = byTurn(turn)
      rows.sort((one, other) => inTurn(one.fairness_key, other.fairness_key))
      const keys = rows.map(({ fairness_key }) => fairness_key)
      fairness.begin(turn, keys)
      return rows
    },
  }
}
