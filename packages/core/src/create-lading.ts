// createLading: builds the importer, the exporter and the jobs from one set of options.
import { createExporter } from './engine/export/create-exporter.ts'
import { createImporter } from './engine/import/create-importer.ts'
import type { Resource } from './engine/resource/resource-types.ts'
import { createJobs } from './jobs/create-jobs.ts'
import type { Jobs } from './jobs/jobs.ts'
import type { Lading, LadingOptions } from './lading.ts'
import { postgresQueue } from './queue/postgres-queue.ts'
import type { Queue } from './queue/queue.ts'
import { fileStorage } from './storage/file/file-storage.ts'

/** Relative to the working directory; see docs/library.md. */
const defaultFolder = '.lading/files'

/**
 * Imports, exports and jobs for a set of resources, on one pool.
 *
 * Imports and exports work immediately. Jobs need Lading's own tables: call `migrate({ pool })` first. Creating the object
 * opens nothing and sends no query.
 *
 * @example
 * const lading = createLading({ pool, resources: [users, articles] })
 * const report = await lading.import({ resource: 'users', format: 'csv', source: createReadStream('users.csv') })
 * await pipeline(lading.export({ resource: 'users', format: 'ndjson' }), process.stdout)
 *
 * await migrate({ pool })
 * const job = await lading.jobs.submitImport({ resource: 'users', format: 'csv', source })
 * await lading.work({ signal })
 *
 * @throws LadingError `CONFIG_INVALID` for an option that cannot work, `RESOURCE_INVALID` for two resources of one name
 */
export function createLading<Known extends Resource>(options: LadingOptions<Known>): Lading<Known>
export function createLading(options: LadingOptions): Lading {
  const { pool, resources, sessionVariables, synchronousCommit, limits = {}, metrics, onError } = options
  const { batchRows, batchBytes, maxRecordBytes, connections, exportBatchRows, maxFileBytes } = limits
  const { noProgressSeconds, hookTimeoutSeconds, storedErrors, activeJobsPerCaller } = limits
  const shared = { pool, resources, sessionVariables, noProgressSeconds, hookTimeoutSeconds }
  const importer = createImporter({
    ...shared,
    synchronousCommit,
    batchRows,
    batchBytes,
    maxRecordBytes,
    connections,
  })
  const exporter = createExporter({ ...shared, batchRows: exportBatchRows })

  let ownQueue: Queue | undefined
  const queue = () => {
    if (options.queue !== undefined) return options.queue
    ownQueue ??= postgresQueue()
    return ownQueue
  }
  let createdJobs: Jobs | undefined
  const jobs = () => {
    createdJobs ??= withMaxFileBytes(
      createJobs({
        ...options.jobs,
        importer,
        exporter,
        queue: queue(),
        storage: options.storage ?? fileStorage(defaultFolder),
        metrics,
        onError,
        storedErrors,
        activeJobsPerCaller,
      }),
      maxFileBytes,
    )
    return createdJobs
  }

  const closing = new AbortController()
  const activeWork = new Set<Promise<void>>()
  return {
    resources,
    importer,
    exporter,
    get jobs() {
      return jobs()
    },
    limits,
    metrics,
    check: () => importer.check(),
    import: options => importer.run({ ...options, maxBytes: options.maxBytes ?? maxFileBytes }),
    export: streamOptions => exporter.stream(streamOptions),
    async work({ signal, ...rest } = {}) {
      if (closing.signal.aborted) return
      const workSignal = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal])
      const work = jobs().work({ ...rest, signal: workSignal })
      activeWork.add(work)
      try {
        await work
      } finally {
        activeWork.delete(work)
      }
    },
    async close() {
      closing.abort()
      await Promise.allSettled(activeWork)
      await ownQueue?.close?.()
    },
  }
}

/** Jobs with a default for `maxBytes` of a submission. */
function withMaxFileBytes(jobs: Jobs, maxFileBytes: number | undefined): Jobs {
  if (maxFileBytes === undefined) return jobs
  const maxBytesOf = (submission: { readonly maxBytes?: number | undefined }) =>
    submission.maxBytes ?? maxFileBytes
  return {
    ...jobs,
    submitImport: submission => jobs.submitImport({ ...submission, maxBytes: maxBytesOf(submission) }),
    submitRemoteImport: submission =>
      jobs.submitRemoteImport({ ...submission, maxBytes: maxBytesOf(submission) }),
    submitBundleImport: submission =>
      jobs.submitBundleImport({ ...submission, maxBytes: maxBytesOf(submission) }),
  }
}
