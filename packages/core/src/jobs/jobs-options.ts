// Options of createJobs: what jobs work with, for how long things are kept, and who hears of what.
import type { Exporter } from '../engine/export/create-exporter.ts'
import type { Importer } from '../engine/import/create-importer.ts'
import type { Resource } from '../engine/resource/resource-types.ts'
import type { RemoteOptions } from '../engine/source/remote/remote-access.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Queue } from '../queue/queue.ts'
import type { Storage } from '../storage/storage.ts'
import type { VerifyStoredOptions } from './maintenance/verify-stored.ts'
import type { Job } from './store/job.ts'
import type { Outage } from './work/outages.ts'

export interface JobsOptions<Known extends Resource = Resource> {
  /** Jobs run on its pool: rows, errors and checkpoint of a batch are one transaction, so it must be one database. */
  readonly importer: Importer<Known>
  readonly exporter: Exporter<Known>
  /** Wakes workers. A queue that needs a pool gets that of the importer. */
  readonly queue: Queue
  readonly storage: Storage
  readonly metrics?: Metrics | undefined
  /**
   * Hears of each job that ended here, for a log: one that a worker of this process had, or that nobody had. It is not
   * waited for; what it throws or rejects with goes to `onError`. @defaultValue nobody
   */
  readonly onJobEnd?: ((job: Job) => unknown) | undefined
  /** Seconds without a sign of life after which another worker takes a job. @defaultValue 30 */
  readonly leaseSeconds?: number | undefined
  /**
   * Times that a job is begun without getting on before it fails: with the fault that ended the last attempt, or
   * with `POISON` if nobody lived to tell. A job that gets on is begun as often as it takes. @defaultValue 5
   */
  readonly maxAttempts?: number | undefined
  /**
   * Seconds for which a job waits for the database or the storage without getting further. Then it fails with the code of
   * what it waited for, and can be retried. More outlives longer outages; less tells owners sooner. @defaultValue 86400 (a day)
   */
  readonly outageLimitSeconds?: number | undefined
  /**
   * Hears what jobs of this process wait for: once when that begins, once when it is over, and every ten minutes in
   * between. `onError` does not hear of it. @defaultValue nobody
   */
  readonly onOutage?: ((outage: Outage) => unknown) | undefined
  /**
   * Seconds between two looks for jobs whose workers have died: such a job goes on after at most `leaseSeconds` and this
   * together. Less costs queries, which read the running jobs only. @defaultValue 10
   */
  readonly rescueSeconds?: number | undefined
  /**
   * Milliseconds between two looks of a worker with free slots for jobs that it was not woken for, such as those whose
   * pause has ended. Less costs queries, more costs latency. @defaultValue 1,000
   */
  readonly pollMs?: number | undefined
  /** Milliseconds until a job is tried again after its first failed attempt; doubled each time. @defaultValue 1,000 */
  readonly backoffMs?: number | undefined
  /** Milliseconds, where the doubling ends, also for jobs that wait for the database or the storage. @defaultValue 300,000 */
  readonly maxBackoffMs?: number | undefined
  /**
   * Jobs of one kind (imports, exports, files to fetch) that may wait for a worker, of all callers together; one more
   * is refused with `QUEUE_FULL`. When many are submitted at once, a few more get in. @defaultValue no limit
   */
  readonly maxWaitingJobs?: number | undefined
  /**
   * Receives what belongs in a log and not in an answer: the fault that ended a job and was not its file's, with its
   * causes, such as what a hook threw; the fault of each failed attempt that is tried again; and what breaks outside of
   * jobs and is tried again, such as the rescue. It is not awaited; that it throws or rejects is said once as a warning of
   * the process.
   * @defaultValue nobody
   */
  readonly onError?: ((error: unknown, context: { readonly jobId?: string }) => unknown) | undefined
  /** Seconds for which the file of an export that was submitted here is kept. @defaultValue 86400 (a day) */
  readonly fileExpirySeconds?: number | undefined
  /**
   * Seconds for which a job that has ended is kept, with its errors and its rejected records. `false`: this process
   * deletes none; another one, which has a number, must work. @defaultValue 2592000 (30 days)
   */
  readonly jobRetentionSeconds?: number | false | undefined
  /** The same of the source of an import, with which its rejected records can be had. @defaultValue 604800 (7 days) */
  readonly spoolRetentionSeconds?: number | false | undefined
  /** Seconds between two runs of the janitor; one of all servers does it. @defaultValue 60 */
  readonly janitorSeconds?: number | undefined
  /**
   * Reads the stored files that jobs still need once more, slowly, and compares them with what was stored, so that
   * damage is known before somebody needs the file. `onError` and the metrics hear of it; nothing is deleted.
   * @defaultValue false
   */
  readonly verifyStored?: boolean | VerifyStoredOptions | undefined
  /** Seconds for which a request with the same idempotency key gets the same job. @defaultValue 86400 (a day) */
  readonly idempotencyTtlSeconds?: number | undefined
  /**
   * Imports from URLs: what may be fetched, and with how much patience. `false`: nothing is fetched and none is taken.
   * Each process that works needs the same. @defaultValue from public servers on the ports 80 and 443
   */
  readonly remote?: RemoteOptions | false | undefined
  /**
   * Record errors of one job submitted here whose message and value are stored, whoever does it. Counts and rejected records are complete beyond
   * it; each takes some 300 bytes of the database. @defaultValue 100000
   */
  readonly storedErrors?: number | undefined
  /**
   * Jobs of one caller that may be there without having ended; further ones are refused with `TOO_MANY_JOBS`. Those of
   * callers whom nobody knows count together. @defaultValue 1000
   */
  readonly activeJobsPerCaller?: number | undefined
}
