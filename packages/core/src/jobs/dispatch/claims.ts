// Claims ready jobs for one worker, and releases jobs whose claim was not confirmed.
import type { Pool, QueryResult } from '../../postgres/pool/checkout.ts'
import { databaseFault } from '../../postgres/sqlstate.ts'
import { setLocal } from '../../postgres/transaction/transaction.ts'
import { answerTimeoutMs, runOnCheckout, type Statement } from '../../queue/run-on-checkout.ts'
import type { JobRow } from '../store/job-row.ts'
import { compareByTurn, type Fairness } from './fairness.ts'
import { claimReadySql, releaseUnconfirmedSql } from './ready-sql.ts'

/**
 * Rolls a slow claim back before its answer is no longer waited for. Otherwise it would commit later, and its jobs would
 * wait for their lease to expire.
 */
const claimTimeout = setLocal('statement_timeout', String(answerTimeoutMs - 1_000))

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

  /**
   * Releases jobs of a claim whose answer was lost. Call it after the last claim; otherwise they would wait for their
   * lease to expire. Twice: does nothing more.
   *
   * @throws LadingError as `take`
   */
  settle(): Promise<void>
}

export function createClaims(options: ClaimOptions): Claims {
  const { pool, lanes, fairness, worker, leaseSeconds, running } = options
  let hasUnconfirmedClaim = false

  let claims = 0

  async function run(statement: Statement, signal?: AbortSignal): Promise<JobRow[]> {
    const { text, values } = statement
    const limited = { text: `${claimTimeout}; ${text}`, values }
    // The driver returns a result for each statement.
    const results: unknown = await runOnCheckout(pool, limited, signal).catch((error: unknown) => {
      throw databaseFault(error)
    })
    return (results as readonly QueryResult[])[1]?.rows as unknown as JobRow[]
  }

  return {
    async take(count, signal) {
      if (hasUnconfirmedClaim) await run(releaseUnconfirmedSql(lanes, worker, running()), signal)
      hasUnconfirmedClaim = true
      const turn = fairness.turn()
      // Each lane comes first in its turn, so that with few slots none is starved.
      const first = claims++ % lanes.length
      const order = [...lanes.slice(first), ...lanes.slice(0, first)]
      const rows = await run(claimReadySql({ lanes: order, count, turn, worker, leaseSeconds }), signal)
      hasUnconfirmedClaim = false
      rows.sort(compareByTurn(turn))
      fairness.begin(turn, rows)
      return rows
    },

    async settle() {
      if (!hasUnconfirmedClaim) return
      await run(releaseUnconfirmedSql(lanes, worker, running()))
      hasUnconfirmedClaim = false
    },
  }
}
