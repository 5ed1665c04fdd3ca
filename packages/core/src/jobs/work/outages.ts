// Tracks the outages that jobs of this process wait for, and reports when they begin, last and end.
import type { FaultCode } from '../../errors/codes.ts'
import type { LadingError } from '../../errors/lading-error.ts'
import type { Metrics } from '../../metrics/metrics.ts'
import { type Pool, withClient } from '../../postgres/pool/checkout.ts'

export interface Outage {
  /** `began` and `over` occur once each, `lasts` every ten minutes in between. */
  readonly event: 'began' | 'lasts' | 'over'
  /** The fault code, such as `DATABASE_UNAVAILABLE`. */
  readonly code: FaultCode
  /** One sentence that says what is wrong. */
  readonly message: string
  /** By the clock of this process. */
  readonly since: Date
  /** Jobs of this process that wait for it. */
  readonly jobs: number
  /** The first error of this outage, for a log. */
  readonly cause: unknown
}

export interface Outages {
  /** Adds a waiting job. Twice for one job and code: once. */
  begin(jobId: string, fault: LadingError): void
  /** Removes a job: its attempt ended otherwise, or it made progress. */
  settle(jobId: string): void
  list(): readonly Pick<Outage, 'code' | 'since' | 'jobs'>[]
  /** Stops polling. */
  close(): void
}

export interface OutagesOptions {
  readonly pool: Pool
  readonly metrics: Pick<Metrics, 'waiting'>
  /** It does not throw. */
  readonly onOutage: (outage: Outage) => void
  /** Milliseconds between two polls for jobs that other workers have finished. @defaultValue 5000 */
  readonly pollMs?: number
}

const repeatMs = 10 * 60_000

interface Entry {
  readonly fault: LadingError
  readonly since: Date
  readonly jobs: Set<string>
  reportedAt: number
}

export function watchOutages({ pool, metrics, onOutage, pollMs = 5_000 }: OutagesOptions): Outages {
  const entries = new Map<FaultCode, Entry>()
  let timer: NodeJS.Timeout | undefined
  let isPolling = false

  function report(event: Outage['event'], { fault, since, jobs }: Entry): void {
    const { code, message } = fault
    onOutage({ event, code, message, since, jobs: jobs.size, cause: fault })
  }
  function settle(jobId: string): void {
    for (const [code, entry] of entries) {
      if (!entry.jobs.delete(jobId)) continue
      metrics.waiting?.({ code, jobs: entry.jobs.size })
      if (entry.jobs.size > 0) continue
      entries.delete(code)
      report('over', entry)
    }
    if (entries.size === 0) stop()
  }
  function stop(): void {
    clearInterval(timer)
    timer = undefined
  }
  async function poll(): Promise<void> {
    if (isPolling) return
    isPolling = true
    const now = performance.now()
    for (const entry of entries.values()) {
      if (now - entry.reportedAt < repeatMs) continue
      entry.reportedAt = now
      report('lasts', entry)
    }
    const jobs = [...new Set([...entries.values()].flatMap(entry => [...entry.jobs]))]
    // While the database does not answer, they keep waiting.
    const waiting = await withClient(pool, client => client.query(waitingSql, [jobs])).catch(() => undefined)
    if (waiting !== undefined) {
      const stillWaiting = new Set(waiting.rows.map(({ id }) => String(id)))
      for (const job of jobs) if (!stillWaiting.has(job)) settle(job)
    }
    isPolling = false
  }
  return {
    begin(jobId, fault) {
      const existing = entries.get(fault.code)
      const entry = existing ?? { fault, since: new Date(), jobs: new Set(), reportedAt: performance.now() }
      entries.set(fault.code, entry)
      for (const [code, other] of entries) if (code !== fault.code && other.jobs.has(jobId)) settle(jobId)
      entry.jobs.add(jobId)
      metrics.waiting?.({ code: fault.code, jobs: entry.jobs.size })
      if (existing === undefined) report('began', entry)
      timer ??= setInterval(() => void poll(), pollMs).unref()
    },
    settle,
    list: () => [...entries].map(([code, { since, jobs }]) => ({ code, since, jobs: jobs.size })),
    close: stop,
  }
}

/** A job that has run for 10 seconds no longer waits: the outage would have stopped it. */
const waitingSql = `
select id from lading.jobs where id = any ($1::uuid[]) and outage_code is not null
  and (status = 'pending' or (status = 'processing' and claimed_at > clock_timestamp() - interval '10 s'))`
