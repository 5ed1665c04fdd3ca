import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { defaults } from '../config/defaults.ts'
import { numberWithin, timerSeconds, wholeNumber } from '../config/numbers.ts'
import { internalsOf } from '../engine/import/internals.ts'
import type { Resource } from '../engine/resource/resource-types.ts'
import { remoteAccess } from '../engine/source/remote/remote-access.ts'
import { LadingError } from '../errors/lading-error.ts'
import { safeListener, safeLogger } from '../errors/quiet-listener.ts'
import { noopMetrics } from '../metrics/noop.ts'
import { quietMetrics } from '../metrics/quiet-metrics.ts'
import { withTranslatedFaults } from '../storage/translated.ts'
import { openVerified } from '../storage/verified.ts'
import type { Jobs } from './jobs.ts'
import { probe } from './jobs-health.ts'
import type { JobsOptions } from './jobs-options.ts'
import { cancelForCaller, deleteExportFile, retryForCaller } from './lifecycle/job-calls.ts'
import { clean } from './maintenance/janitor.ts'
import type { VerifyStoredOptions } from './maintenance/verify-stored.ts'
import { listJobs, readPage } from './pages.ts'
import { allErrors, errorPage } from './results/record-errors.ts'
import { rejectsStream } from './results/rejects-stream.ts'
import { runWorkers } from './run-workers.ts'
import { assertStoredHere } from './store/files/stored-here.ts'
import { exportedOf } from './store/files/stored-objects.ts'
import { storedFileOf, type VerifiedFile, verifyFile } from './store/files/verify-file.ts'
import type { JobKind } from './store/job.ts'
import { assertJobId } from './store/job-id.ts'
import { toJob } from './store/job-row.ts'
import { createJobStore } from './store/job-store.ts'
import { createWakeUps } from './store/wake-ups.ts'
import { checkCapacity } from './submit/capacity.ts'
import { claimKey } from './submit/claim-key.ts'
import { createKeyStore } from './submit/idempotency-store.ts'
import { submitBundleExport, submitBundleImport } from './submit/submit-bundle.ts'
import { submitExport, submitImport } from './submit/submit-job.ts'
import { submitRemoteImport } from './submit/submit-remote.ts'
import { observeJobs, quietJobEnd } from './work/observe.ts'
import { watchOutages } from './work/outages.ts'

const fromZero = { minimum: 0 }
const fromOne = { minimum: 1 }

/**
 * Creates the jobs API. Its database needs the schema `lading` (see `migrate`).
 *
 * @throws LadingError `CONFIG_INVALID` for an option out of range
 * @example
 * const jobs = createJobs({ importer, exporter, queue: postgresQueue(), storage: fileStorage('./data') })
 * const job = await jobs.submitImport({ resource: 'users', format: 'csv', source })
 * await jobs.work({ signal })
 */
export function createJobs<Known extends Resource>(options: JobsOptions<Known>): Jobs<Known>
export function createJobs(options: JobsOptions): Jobs {
  const { exporter } = options
  const leaseSeconds = timerSeconds('leaseSeconds', options.leaseSeconds ?? defaults.leaseSeconds)
  const maxAttempts = wholeNumber('maxAttempts', options.maxAttempts ?? defaults.maxAttempts, fromOne)
  const storage = withTranslatedFaults(options.storage)
  const log = safeLogger('onError', options.onError)
  const onError = (error: unknown, jobId?: string) => log(error, jobId === undefined ? {} : { jobId })
  const retention = {
    fileExpiryHours: hours('fileExpirySeconds', options.fileExpirySeconds ?? defaults.fileExpirySeconds),
    storedErrors: wholeNumber('storedErrors', options.storedErrors ?? defaults.storedErrors, fromZero),
  }
  const importer = internalsOf(options.importer)
  const { pool } = importer
  const queue = options.queue.withPool?.(pool) ?? options.queue
  const activeLimit = options.activeJobsPerCaller ?? defaults.activeJobsPerCaller
  const activeJobsPerCaller = wholeNumber('activeJobsPerCaller', activeLimit, fromOne)
  const { idempotencyTtlSeconds = defaults.idempotencyTtlSeconds } = options
  const ttlHours = hours('idempotencyTtlSeconds', idempotencyTtlSeconds)
  const keys = createKeyStore(pool, { leaseSeconds, ttlHours })
  const remote = options.remote === false ? undefined : remoteAccess(options.remote)
  const metrics = quietMetrics(options.metrics ?? noopMetrics, onError)
  const observer = observeJobs(metrics, quietJobEnd(options.onJobEnd, onError))
  const newWakeUps = () => createWakeUps(queue, observer.onEnd)
  const store = createJobStore(pool, newWakeUps)
  const janitor = {
    pool,
    storage,
    metrics,
    jobRetentionDays: days(
      'jobRetentionSeconds',
      options.jobRetentionSeconds ?? defaults.jobRetentionSeconds,
    ),
    spoolRetentionDays: days(
      'spoolRetentionSeconds',
      options.spoolRetentionSeconds ?? defaults.spoolRetentionSeconds,
    ),
    onError,
  }
  const verifyContext = options.verifyStored
    ? { pool, storage, metrics, onError, options: verifyOptions(options.verifyStored) }
    : undefined
  const janitorSeconds = wholeNumber(
    'janitorSeconds',
    options.janitorSeconds ?? defaults.janitorSeconds,
    fromOne,
  )
  const onOutage = safeListener('onOutage', options.onOutage, onError)
  const outages = watchOutages({ pool, metrics, onOutage })
  const { outageLimitSeconds = defaults.outageLimitSeconds } = options
  const outageLimitHours = numberWithin('outageLimitSeconds', outageLimitSeconds, fromZero) / 3600
  const attempts = { leaseSeconds, maxAttempts, outageLimitHours, outages, ...readBackoff(options) }
  const maxWaitingJobs =
    options.maxWaitingJobs === undefined
      ? undefined
      : wholeNumber('maxWaitingJobs', options.maxWaitingJobs, fromOne)
  const limits = { activeJobsPerCaller, maxWaitingJobs }
  const callContext = { pool, queue, newWakeUps, store, maxWaitingJobs }
  const insertContext = { pool, store, newWakeUps, retention, ...limits }
  const submitContext = { ...insertContext, importer, exporter, storage, keys, leaseSeconds }
  const workerContext = {
    ...submitContext,
    ...attempts,
    queue,
    observer,
    onError,
    remote,
    janitor,
    verifyContext,
  }

  const findJob = async (id: string, kind?: JobKind) => {
    assertJobId(id)
    const row = await store.get(id)
    return row !== undefined && (kind === undefined || row.kind === kind) ? row : undefined
  }
  return {
    submitImport: submit => submitImport(submit, submitContext),
    submitRemoteImport: submit => submitRemoteImport(submit, { ...submitContext, remote }),
    submitExport: submit => submitExport(submit, submitContext),
    submitBundleExport: (submit = {}) => submitBundleExport(submit, submitContext),
    submitBundleImport: submit => submitBundleImport(submit, submitContext),
    checkCapacity: (request = {}) => checkCapacity(request, { ...submitContext, pool }),
    claimKey: (key, kind, { tenant = '' } = {}) => claimKey({ tenant, key }, kind, keys, leaseSeconds),
    async get(id, { tenant } = {}) {
      const row = await findJob(id)
      return row && (tenant === undefined || row.tenant === tenant) ? toJob(row) : undefined
    },
    list: list => listJobs(store, list),
    cancel: async id => cancelForCaller(await findJob(id), callContext),
    retry: async id => retryForCaller(await findJob(id), { ...callContext, storage }),
    deleteFile: async id => deleteExportFile(await findJob(id, 'export'), { pool, storage }),
    async errors(id, page = {}) {
      const checked = readPage(page)
      const row = await findJob(id, 'import')
      return row === undefined
        ? { errors: [], total: 0, stored: 0 }
        : errorPage(pool, row, { ...page, ...checked })
    },
    async *allErrors(id, filter) {
      const row = await findJob(id, 'import')
      if (row !== undefined) yield* allErrors(pool, row, filter)
    },
    async rejects(id, { unprocessed = false } = {}) {
      const row = await findJob(id, 'import')
      return row && rejectsStream(row, { importer, storage }, unprocessed ? 'unprocessed' : 'rejected')
    },
    async download(id, range) {
      const row = await findJob(id, 'export')
      const file = row && exportedOf(row)
      if (row === undefined || file === undefined || row.is_expired) return undefined
      const location = { key: file.key, storage: row.file_storage }
      await assertStoredHere(storage, location, 'The file of this export')
      return openVerified(storage, file, range).catch(undefinedIfDeleted)
    },
    async verify(id) {
      if ((await findJob(id)) === undefined) return undefined
      const files: VerifiedFile[] = []
      for (const row of await store.getBundle(id)) {
        const file = storedFileOf(row)
        if (file !== undefined) files.push(await verifyFile(storage, file))
      }
      return files
    },
    work: work => runWorkers(workerName(), work, { ...workerContext, janitorSeconds }),
    clean: () => clean(janitor),
    health: () => probe(pool, storage, queue, outages),
  }
}

/** Includes a random part, because containers on one host may share a process id. */
const processName = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`
let workers = 0

/** A unique name for each call of `work`. */
function workerName(): string {
  return `${processName}:${++workers}`
}

function readBackoff({
  rescueSeconds = defaults.rescueSeconds,
  pollMs = defaults.pollMs,
  backoffMs = defaults.backoffMs,
  maxBackoffMs = defaults.maxBackoffMs,
}: JobsOptions) {
  return {
    rescueSeconds: numberWithin('rescueSeconds', rescueSeconds, fromZero),
    pollMs: wholeNumber('pollMs', pollMs, fromOne),
    backoffMs: wholeNumber('backoffMs', backoffMs, fromOne),
    maxBackoffMs: wholeNumber('maxBackoffMs', maxBackoffMs, fromOne),
  }
}

/** The janitor may have deleted the file after the job's row was read. */
function undefinedIfDeleted(error: unknown): undefined {
  if (error instanceof LadingError && error.code === 'STORAGE_NOT_FOUND') return undefined
  throw error
}

function verifyOptions(options: true | VerifyStoredOptions): VerifyStoredOptions {
  if (options === true) return {}
  const { bytesPerSecond = defaults.verifyBytesPerSecond, everySeconds = defaults.verifyEverySeconds } =
    options
  return {
    bytesPerSecond: wholeNumber('verifyStored.bytesPerSecond', bytesPerSecond, { minimum: 1024 }),
    everySeconds: wholeNumber('verifyStored.everySeconds', everySeconds, fromOne),
  }
}

/** Converts an option in seconds to hours. */
function hours(name: string, seconds: number): number {
  return wholeNumber(name, seconds, fromOne) / 3600
}

/** Converts an option in seconds to days. */
function days(name: string, seconds: number | false): number | false {
  return seconds === false ? false : hours(name, seconds) / 24
}
