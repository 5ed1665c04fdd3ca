// Options of createJobs: dependencies, limits, retention and callbacks.
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
  /**
   * Jobs run on its pool. Rows, errors and checkpoint of a batch are written in one transaction, so all must be in
   * one database.
   */
  readonly importer: Importer<Known>
  readonly exporter: Exporter<Known>
  /** Wakes workers. A queue that needs a pool gets the importer's. */
  readonly queue: Queue
  readonly storage: Storage
  readonly metrics?: Metrics | undefined
  /**
   * Called with each job that ended in this process, for a log: a job that one of its workers ran, or that no worker
   * had. It is not awaited. If it throws or rejects, the error goes to `onError`. @defaultValue none
   */
  readonly onJobEnd?: ((job: Job) => unknown) | undefined
  /** Seconds without a heartbeat after which another worker takes a job. @defaultValue 30 */
  readonly leaseSeconds?: number | undefined
  /**
   * Attempts without progress before a job fails: with the fault that ended the last attempt, or with `POISON` if
   * every attempt ended with the death of its worker. Attempts that make progress are not limited. @defaultValue 5
   */
  readonly maxAttempts?: number | undefined
  /**
   * Seconds that a job waits for the database or the storage without progress. Then it fails with the code of what it
   * waited for, and can be retried. A higher value survives longer outages; a lower one reports them sooner.
   * @defaultValue 86400 (a day)
   */
  readonly outageLimitSeconds?: number | undefined
  /**
   * Called with each outage that jobs of this process wait for: once when it begins, once when it is over, and every
   * ten minutes in between. Outages are not passed to `onError`. @defaultValue none
   */
  readonly onOutage?: ((outage: Outage) => unknown) | undefined
  /**
   * Seconds between two searches for jobs whose workers have died. Such a job resumes after at most `leaseSeconds`
   * plus this. A lower value costs more queries, which read the running jobs only. @defaultValue 10
   */
  readonly rescueSeconds?: number | undefined
  /**
   * Milliseconds between two polls by a worker with free slots, for jobs without a wake-up, such as those whose pause
   * has ended. A lower value costs queries, a higher one latency. @defaultValue 1,000
   */
  readonly pollMs?: number | undefined
  /**
   * Milliseconds before a job is retried after its first failed attempt; doubled with each further one.
   * @defaultValue 1,000
   */
  readonly backoffMs?: number | undefined
  /**
   * Upper limit of the doubled pause in milliseconds. Jobs that wait for the database or the storage pause for at
   * most a minute, or this if it is less. @defaultValue 300,000
   */
  readonly maxBackoffMs?: number | undefined
  /**
   * Jobs of one kind (imports, exports, files to fetch) that may wait for a worker, for all callers together. Further
   * ones are refused with `QUEUE_FULL`. Concurrent submissions may exceed the limit by a few. @defaultValue no limit
   */
  readonly maxWaitingJobs?: number | undefined
  /**
   * Called with errors for the log:
   *
   * - the fault that ended a job, if it was not caused by its file, with its causes, such as what a hook threw
   * - the fault of each failed attempt that is retried
   * - failures outside of jobs that are retried, such as the rescue's
   *
   * It is not awaited. The first time it throws or rejects, the process emits a warning.
   *
   * @defaultValue none
   */
  readonly onError?: ((error: unknown, context: { readonly jobId?: string }) => unknown) | undefined
  /** Seconds that the file of an export submitted here is kept. @defaultValue 86400 (a day) */
  readonly fileExpirySeconds?: number | undefined
  /**
   * Seconds that a job is kept after its end, with its errors and its rejected records. `false`: this process deletes
   * none; another process with a retention period must run. @defaultValue 2592000 (30 days)
   */
  readonly jobRetentionSeconds?: number | false | undefined
  /**
   * The same for the source of an import, which is needed to return its rejected records. @defaultValue 604800 (7
   * days)
   */
  readonly spoolRetentionSeconds?: number | false | undefined
  /** Seconds between two runs of the janitor; each run is done by one of all servers. @defaultValue 60 */
  readonly janitorSeconds?: number | undefined
  /**
   * Slowly rereads the stored files that jobs still need and compares them with what was stored, so that damage is
   * found before the file is needed. Results go to `onError` and the metrics; nothing is deleted.
   * @defaultValue false
   */
  readonly verifyStored?: boolean | VerifyStoredOptions | undefined
  /**
   * Seconds during which a repeated request with the same idempotency key returns the same job.
   * @defaultValue 86400 (a day)
   */
  readonly idempotencyTtlSeconds?: number | undefined
  /**
   * Imports from URLs: which servers are allowed, and the time limits. `false`: such imports are neither accepted nor
   * fetched. All worker processes need the same value. @defaultValue public servers on the ports 80 and 443
   */
  readonly remote?: RemoteOptions | false | undefined
  /**
   * Record errors whose message and value are stored for a job submitted here, whichever process runs it. Beyond it,
   * counts and rejected records are still complete; each error takes some 300 bytes of the database. @defaultValue
   * 100000
   */
  readonly storedErrors?: number | undefined
  /**
   * Unfinished jobs per caller; further ones are refused with `TOO_MANY_JOBS`. Jobs without a principal count
   * together.
   * @defaultValue 1000
   */
  readonly activeJobsPerCaller?: number | undefined
}
