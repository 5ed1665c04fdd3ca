// What jobs of this process wait for: begun, over, and said now and then in between.
import type { FaultCode } from '../../errors/codes.ts'
import type { LadingError } from '../../errors/lading-error.ts'
import type { Metrics } from '../../metrics/metrics.ts'
import { type Pool, withClient } from '../../postgres/pool/client.ts'

export interface Outage {
  /** `began` and `over` come once each, `lasts` every ten minutes in between. */
  readonly event: 'began' | 'lasts' | 'over'
  /** What is waited for, such as `DATABASE_UNAVAILABLE`. */
  readonly code: FaultCode
  /** One sentence that says what is wrong. */
  readonly message: string
  /** By the clock of this process. */
  readonly since: Date
  /** Jobs of this process that wait for it. */
  readonly jobs: number
  /** The error that was met first, for a log. */
  readonly cause: unknown
}

export interface Outages {
  /** A job waits. Twice for one job and code: once. */
  begin(jobId: string, fault: LadingError): void
  /** The attempt of a job ended otherwise, or it got further. */
  settle(jobId: string): void
  list(): readonly Pick<Outage, 'code' | 'since' | 'jobs'>[]
  /** Looks no more. */
  close(): void
}

export interface OutagesOptions {
  readonly pool: Pool
  readonly metrics: Pick<Metrics, 'waiting'>
  /** It does not throw. */
  readonly onOutage: (outage: Outage) => void
  /** Milliseconds between two looks for jobs that others have finished. @defaultValue 5000 */
  readonly lookMs?: number
}

const againMs = 10 * 60_000

interface Entry {
  readonly fault: LadingError
  readonly since: Date
  readonly jobs: Set<string>
  toldAt: number
}

export function watchOutages({ pool, metrics, onOutage, lookMs = 5_000 }: OutagesOptions): Outages {
  const entries = new Map<FaultCode, Entry>()
  let timer: NodeJS.Timeout | undefined
  let isLooking = false

  function tell(event: Outage['event'], { fault, since, jobs }: Entry): void {
    const { code, message } = fault
    onOutage({ event, code, message, since, jobs: jobs.size, cause: fault })
  }
  function settle(jobId: string): void {
    for (const [code, entry] of entries) {
      if (!entry.jobs.delete(jobId)) continue
      metrics.waiting?.({ code, jobs: entry.jobs.size })
      if (entry.jobs.size > 0) continue
      entries.delete(code)
      tell('over', entry)
    }
    if (entries.size === 0) stop()
  }
  function stop(): void {
    clearInterval(timer)
    timer = undefined
  }
  async function look(): Promise<void> {
    if (isLooking) return
    isLooking = true
    const now = performance.now()
    for (const entry of entries.values()) {
      if (now - entry.toldAt < againMs) continue
      entry.toldAt = now
      tell('lasts', entry)
    }
    const jobs = [...new Set([...entries.values()].flatMap(entry => [...entry.jobs]))]
    // While the database does not answer, they wait on.
    const waiting = await withClient(pool, client => client.query(waitingSql, [jobs])).catch(() => undefined)
    if (waiting !== undefined) {
      const still = new Set(waiting.rows.map(({ id }) => String(id)))
      for (const job of jobs) if (!still.has(job)) settle(job)
    }
    isLooking = false
  }
  return {
    begin(jobId, fault) {
      const known = entries.get(fault.code)
      const entry = known ?? { fault, since: new Date(), jobs: new Set(), toldAt: performance.now() }
      entries.set(fault.code, entry)
      for (const [code, other] of entries) if (code !== fault.code && other.jobs.has(jobId)) settle(jobId)
      entry.jobs.add(jobId)
      metrics.waiting?.({ code: fault.code, jobs: entry.jobs.size })
      if (known === undefined) tell('began', entry)
      timer ??= setInterval(() => void look(), lookMs).unref()
    },
    settle,
    list: () => [...entries].map(([code, { since, jobs }]) => ({ code, since, jobs: jobs.size })),
    close: stop,
  }
}

/** One that has run for some seconds does not wait any more: what it waited for would have stopped it. */
const waitingSql = `
select id from lading.jobs where id = any ($1::uuid[]) and outage_code is not null
  and (status = 'pending' or (status = 'processing' and claimed_at > clock_timestamp() - interval '10 s'))`
