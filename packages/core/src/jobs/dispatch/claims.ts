// Claims ready jobs for one worker, and releases jobs whose claim was not confirmed.
import type { Pool } from '../../postgres/pool/checkout.ts'
import { databaseFault } from '../../postgres/sqlstate.ts'
import { runOnCheckout, type Statement } from '../../queue/run-on-checkout.ts'
import type { JobRow } from '../store/job-row.ts'
import { compareByTurn, type Fairness } from './fairness.ts'
import { claimReadySql, releaseUnconfirmedSql } from './ready-sql.ts'

export interface ClaimOptions {
  readonly pool: Pool
  readonly lanes: readonly string[]
  readonly fairness: Fairness
  /** Name of the worker; no other worker has it, or had it before. */
  readonly worker: string
  readonly leaseSeconds: number
  /** Ids of the jobs of these lanes that this worker is running. */
  readonly running: () => readonly string[]
}

export interface Claims {
  /**
   * Claims jobs whose turn it is, and returns them in order of their turns. It claims at most one per fairness key,
   * so more may be ready.
   *
   * @param count maximum number of jobs
   * @throws LadingError `DATABASE_UNAVAILABLE` without an answer within 5 seconds, and other database errors
   */
  take(count: number, signal: AbortSignal): Promise<readonly JobRow[]>
}

export function createClaims(options: ClaimOptions): Claims {
  const { pool, lanes, fairness, worker, leaseSeconds, running } = options
  let hasUnconfirmedClaim = false

  async function run(statement: Statement, signal: AbortSignal): Promise<JobRow[]> {
    const { rows } = await runOnCheckout(pool, statement, signal).catch((error: unknown) => {
      throw databaseFault(error)
    })
    return rows as unknown as JobRow[]
  }

  return {
    async take(count, signal) {
      if (hasUnconfirmedClaim) await run(releaseUnconfirmedSql(lanes, worker, running()), signal)
      hasUnconfirmedClaim = true
      const turn = fairness.turn()
      const rows = await run(claimReadySql({ lanes, count, turn, worker, leaseSeconds }), signal)
      hasUnconfirmedClaim = false
      const compare = compareByTurn(turn)
      rows.sort((one, other) => compare(one.fairness_key, other.fairness_key))
      const keys = rows.map(({ fairness_key }) => fairness_key)
      fairness.begin(turn, keys)
      return rows
    },
  }
}
