// createLading: importer, exporter and jobs made of one set of options, each said once.
import { createExporter } from './engine/export/create-exporter.ts'
import { createImporter } from './engine/import/create-importer.ts'
import type { Resource } from './engine/resource/resource-types.ts'
import { createJobs } from './jobs/create-jobs.ts'
import type { Jobs } from './jobs/jobs.ts'
import type { Lading, LadingOptions } from './lading.ts'
import { postgresQueue } from './queue/postgres-queue.ts'
import type { Queue } from './queue/queue.ts'
import { fileStorage } from './storage/file/file-storage.ts'

/** Below the working directory; see docs/library.md. */
const defaultFolder = '.lading/files'

/**
 * Everything that Lading does with a set of resources, on one pool.
 *
 * Imports and exports work at once. Jobs need Lading's own tables: call `migrate({ pool })` first. Nothing is opened and
 * no query is sent until something is asked for.
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
  const { batchRows, batchBytes, maxRecordBytes, exportBatchRows, maxFileBytes } = limits
  const { noProgressSeconds, hookTimeoutSeconds, storedErrors, activeJobsPerCaller } = limits
  const shared = { pool, resources, sessionVariables, noProgressSeconds, hookTimeoutSeconds }
  const importer = createImporter({ ...shared, synchronousCommit, batchRows, batchBytes, maxRecordBytes })
  const exporter = createExporter({ ...shared, batchRows: exportBatchRows })

  let ownQueue: Queue | undefined
  const queue = () => {
    if (options.queue !== undefined) return options.queue
    ownQueue ??= postgresQueue()
    return ownQueue
  }
  let made: Jobs | undefined
  const jobs = () => {
    made ??= limited(
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
    return made
  }

  const closing = new AbortController()
  const working = new Set<Promise<void>>()
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
    import: run => importer.run({ ...run, maxBytes: run.maxBytes ?? maxFileBytes }),
    export: stream => exporter.stream(stream),
    async work({ signal, ...most } = {}) {
      if (closing.signal.aborted) return
      const until = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal])
      const work = jobs().work({ ...most, signal: until })
      working.add(work)
      try {
        await work
      } finally {
        working.delete(work)
      }
    },
    async close() {
      closing.abort()
      await Promise.allSettled(working)
      await ownQueue?.close?.()
    },
  }
}

/** Jobs whose files are no larger than this, where a submission does not say otherwise. */
function limited(jobs: Jobs, maxFileBytes: number | undefined): Jobs {
  if (maxFileBytes === undefined) return jobs
  const maxBytesOf = (submit: { readonly maxBytes?: number | undefined }) => submit.maxBytes ?? maxFileBytes
  return {
    ...jobs,
    submitImport: submit => jobs.submitImport({ ...submit, maxBytes: maxBytesOf(submit) }),
    submitRemoteImport: submit => jobs.submitRemoteImport({ ...submit, maxBytes: maxBytesOf(submit) }),
    submitBundleImport: submit => jobs.submitBundleImport({ ...submit, maxBytes: maxBytesOf(submit) }),
  }
}
