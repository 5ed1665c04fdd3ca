import { hostname } from 'node:os'
import { defaults } from '../config/defaults.ts'
import { LadingError } from '../errors/lading-error.ts'
import type { Exporter } from '../exporter/create-exporter.ts'
import type { Importer } from '../importer/create-importer.ts'
import { internalsOf } from '../importer/internals.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { noopMetrics } from '../metrics/noop.ts'
import type { Queue, QueueKind } from '../queue/queue.ts'
import { type RemoteOptions, remoteAccess } from '../source/remote-access.ts'
import type { Storage } from '../storage/storage.ts'
import { probe } from './health.ts'
import type { Jobs } from './jobs.ts'
import { clean, keepClean } from './life/janitor.ts'
import { cancelOrTell, deleteExport, retryOrTell } from './life/job-calls.ts'
import { keepSweeping } from './life/sweep.ts'
import { givenBack } from './outcome/give-back.ts'
import { allErrors, errorPage } from './outcome/record-errors.ts'
import { listJobs, readPage } from './pages.ts'
import { checkPoolSize } from './pool-size.ts'
import type { Job, JobKind } from './store/job.ts'
import { toJob } from './store/job-row.ts'
import { assertJobId, createJobStore } from './store/job-store.ts'
import { createOutbox } from './store/outbox.ts'
import { claimKey } from './submit/idempotency.ts'
import { createKeyStore } from './submit/idempotency-store.ts'
import { expectRoom } from './submit/room.ts'
import { submitExport, submitImport } from './submit/submit.ts'
import { submitBundleExport, submitBundleImport } from './submit/submit-bundle.ts'
import { submitRemoteImport } from './submit/submit-remote.ts'
import { runExportJob } from './work/export-job.ts'
import { ear } from './work/fail-job.ts'
import { mostForOne, runFetchJob } from './work/fetch-job.ts'
import { startHeart } from './work/heart.ts'
import { runImportJob } from './work/import-job.ts'
import { observeJobs } from './work/observe.ts'
import { type RunJob, workOn } from './work/worker.ts'

export interface JobsOptions {
  /** Jobs run on its pool: rows, errors and checkpoint of a batch are one transaction, so it must be one database. */
  readonly importer: Importer
  readonly exporter: Exporter
  readonly queue: Queue
  readonly storage: Storage
  readonly metrics?: Metrics
  /** Hears of each job that ended here, for a log: one that a worker of this process had, or that nobody had. */
  readonly onJobEnd?: (job: Job) => void
  /** Seconds without a sign of life after which another worker takes a job. @defaultValue 30 */
  readonly leaseSeconds?: number
  /**
   * Times that a job is begun without getting on before it fails: with the fault that ended the last attempt, or
   * with `POISON` if nobody lived to tell. A job that gets on is begun as often as it takes. @defaultValue 5
   */
  readonly maxAttempts?: number
  /**
   * Seconds between two looks for jobs that the queue has forgotten. Less finds the jobs of a dead process sooner,
   * and asks the database more often. @defaultValue 30
   */
  readonly sweepSeconds?: number
  /**
   * Hears what a log should have and no client may: the fault that ended a job and was none of its file, with its
   * causes, such as what a hook threw; and what breaks beside the jobs and is tried again, such as the sweep.
   * @defaultValue nobody
   */
  readonly onError?: (error: unknown, context: { readonly jobId?: string }) => void
  /** Hours that the file of an export is kept that was submitted here, whoever makes it. @defaultValue 24 */
  readonly fileExpiryHours?: number
  /**
   * Days that a job that has ended is kept, with its errors and its rejected records. `false`: it is not for this process
   * to say, and it deletes none; one that says a number has to work. @defaultValue 30
   */
  readonly jobRetentionDays?: number | false
  /** The same of the source of an import, with which its rejected records can be had. @defaultValue 7 */
  readonly spoolRetentionDays?: number | false
  /** Seconds between two runs of the janitor; one of all servers does it. @defaultValue 60 */
  readonly janitorSeconds?: number
  /** Hours for which a request with the same idempotency key gets the same job. @defaultValue 24 */
  readonly idempotencyTtlHours?: number
  /**
   * Imports from URLs: what may be fetched, and with how much patience. `false`: nothing is fetched and none is taken.
   * Each process that works needs the same. @defaultValue from public servers on the ports 80 and 443
   */
  readonly remote?: RemoteOptions | false
  /**
   * Record errors of one job submitted here whose message and value are stored, whoever does it. Counts and rejected records are complete beyond
   * it; each takes some 300 bytes of the database. @defaultValue 100000
   */
  readonly storedErrors?: number
  /**
   * Jobs of one caller that may be there without having ended; further ones are refused with `TOO_MANY_JOBS`. Those of
   * callers whom nobody knows count together. @defaultValue 1000
   */
  readonly activeJobsPerCaller?: number | undefined
}

/**
 * Needs the schema `lading` (see `migrate`).
 *
 * @example
 * const jobs = createJobs({ importer, exporter, queue: postgresQueue({ pool }), storage: fileStorage('./data') })
 * const job = await jobs.submitImport({ resource: 'users', format: 'csv', source })
 * await jobs.work({ signal })
 */
export function createJobs(options: JobsOptions): Jobs {
  const { exporter, queue, storage, leaseSeconds = 30, maxAttempts = 5 } = options
  const { sweepSeconds = 30 } = options
  const onError = ear(options.onError)
  const kept = {
    fileExpiryHours: options.fileExpiryHours ?? 24,
    storedErrors: wholeNumber('storedErrors', options.storedErrors ?? 100_000, 0),
  }
  const importer = internalsOf(options.importer)
  const most = options.activeJobsPerCaller ?? defaults.activeJobsPerCaller
  const activeJobsPerCaller = wholeNumber('activeJobsPerCaller', most, 1)
  const ttlHours = wholeNumber('idempotencyTtlHours', options.idempotencyTtlHours ?? 24, 1)
  const keys = createKeyStore(importer.pool, { leaseSeconds, ttlHours })
  const remote = options.remote === false ? undefined : remoteAccess(options.remote)
  const metrics = options.metrics ?? noopMetrics
  const observer = observeJobs(metrics, options.onJobEnd)
  const newOutbox = () => createOutbox(queue, observer.onEnd)
  const store = createJobStore(importer.pool, newOutbox, kept)
  const janitor = {
    pool: importer.pool,
    storage,
    queue,
    metrics,
    jobRetentionDays: days('jobRetentionDays', options.jobRetentionDays ?? 30),
    spoolRetentionDays: days('spoolRetentionDays', options.spoolRetentionDays ?? 7),
    onError,
  }
  const everySeconds = wholeNumber('janitorSeconds', options.janitorSeconds ?? 60, 1)
  const worker = { store, name: `${hostname()}:${process.pid}`, leaseSeconds, maxAttempts, observer, onError }

  const calls = { pool: importer.pool, queue, newOutbox, store }
  const parts = { importer, exporter, newOutbox, storage, store, keys, leaseSeconds, activeJobsPerCaller }

  const known = async (id: string, kind?: JobKind) => {
    assertJobId(id)
    const row = await store.get(id)
    return row !== undefined && (kind === undefined || row.kind === kind) ? row : undefined
  }
  return {
    submitImport: submit => submitImport(submit, parts),
    submitRemoteImport: submit => submitRemoteImport(submit, { ...parts, remote }),
    submitExport: submit => submitExport(submit, parts),
    submitBundleExport: (submit = {}) => submitBundleExport(submit, parts),
    submitBundleImport: submit => submitBundleImport(submit, parts),
    expectRoom: (wanted = {}) => expectRoom(wanted, { ...parts, pool: importer.pool }),
    claimKey: (key, kind, { tenant = '' } = {}) => claimKey({ tenant, key }, kind, keys, leaseSeconds),
    async get(id, { tenant } = {}) {
      const row = await known(id)
      return row && (tenant === undefined || row.tenant === tenant) ? toJob(row) : undefined
    },
    list: list => listJobs(store, list),
    cancel: async id => cancelOrTell(await known(id), calls),
    retry: async id => retryOrTell(await known(id), { ...calls, storage }),
    deleteFile: async id => deleteExport(await known(id, 'export'), { pool: importer.pool, storage }),
    async errors(id, page = {}) {
      const checked = readPage(page)
      const row = await known(id, 'import')
      return row === undefined
        ? { errors: [], total: 0, stored: 0 }
        : errorPage(importer.pool, row, { ...page, ...checked })
    },
    async *allErrors(id, filter) {
      const row = await known(id, 'import')
      if (row !== undefined) yield* allErrors(importer.pool, row, filter)
    },
    async rejects(id, { unprocessed = false } = {}) {
      const row = await known(id, 'import')
      return row && givenBack(row, { importer, storage }, unprocessed ? 'unprocessed' : 'rejected')
    },
    async download(id, range) {
      const row = await known(id, 'export')
      if (row === undefined || row.file_key === null || row.is_expired) return undefined
      return storage.get(row.file_key, range).catch(goneMeanwhile)
    },
    async work({ signal, imports = 4, exports = 2, fetches = imports === 0 ? 0 : 4 }) {
      checkPoolSize(importer.pool, imports, exports)
      const heart = startHeart(importer.pool, leaseSeconds, onError)
      const context = { importer, exporter, storage, store, newOutbox, leaseSeconds, kept, onError }
      const fetching = { pool: importer.pool, storage, newOutbox, remote }
      const consume = async (kind: QueueKind, concurrency: number, run: RunJob) => {
        if (concurrency === 0) return
        await queue.consume({
          kind,
          concurrency,
          ...(kind === 'fetch' && { concurrencyPerResource: mostForOne(concurrency) }),
          signal,
          handler: (id, { signal: until }) => workOn(id, { ...worker, heart }, until, run),
        })
      }
      const parts = [
        consume('import', imports, (job, until) => runImportJob(job, context, until)),
        consume('export', exports, (job, until) => runExportJob(job, context, until)),
        consume('fetch', fetches, (job, until) => runFetchJob(job, fetching, until)),
        keepClean(janitor, { everySeconds, signal }),
        keepSweeping({ pool: importer.pool, newOutbox, everyMs: sweepSeconds * 1000, signal, onError }),
      ]
      // Where one part cannot begin, the jobs of another may still be under way.
      const ended = Promise.allSettled(parts).then(() => heart.close())
      await Promise.all(parts)
      await ended
    },
    clean: () => clean(janitor),
    health: () => probe(importer.pool, storage, queue),
  }
}

/** The janitor may have come between the look at the job and the one at its file. */
function goneMeanwhile(error: unknown): undefined {
  if (error instanceof LadingError && error.code === 'STORAGE_NOT_FOUND') return undefined
  throw error
}

function days(name: string, value: number | false): number | false {
  return value === false ? false : wholeNumber(name, value, 1)
}

function wholeNumber(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new LadingError('CONFIG_INVALID', `The option ${name} must be a whole number from ${least}.`)
}
