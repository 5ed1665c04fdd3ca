// The body of `work`: one dispatcher for each kind of work, and the maintenance tasks alongside.

import { defaults } from '../config/defaults.ts'
import type { Exporter } from '../engine/export/create-exporter.ts'
import type { ImporterInternals } from '../engine/import/internals.ts'
import type { RemoteAccess } from '../engine/source/remote/remote-access.ts'
import { LadingError } from '../errors/lading-error.ts'
import { withClient } from '../postgres/pool/checkout.ts'
import type { Queue } from '../queue/queue.ts'
import { identityOf } from '../storage/identity.ts'
import type { Storage } from '../storage/storage.ts'
import { type Dispatcher, dispatch } from './dispatch/dispatch.ts'
import type { WorkOptions } from './jobs.ts'
import { type JanitorContext, runJanitor } from './maintenance/janitor.ts'
import { runRescuer } from './maintenance/rescue.ts'
import { watchUnservedStorages } from './maintenance/unserved.ts'
import { runVerifier, type VerifyStoredContext } from './maintenance/verify-stored.ts'
import { checkPoolSize, connectionReserve } from './pool-size.ts'
import { type LaneKind, lanesOf } from './store/claim/lanes.ts'
import type { JobRow } from './store/job-row.ts'
import { assertOwnTablesDurable } from './store/own-tables.ts'
import type { RetentionOptions } from './store/retention.ts'
import type { NewWakeUps } from './store/wake-ups.ts'
import { runExportJob } from './work/export-job.ts'
import { maxFetchesPerCaller } from './work/fetch-job.ts'
import { startHeartbeat } from './work/heartbeat.ts'
import { runImportJob } from './work/import-job.ts'
import { spoolRemote } from './work/remote-spool.ts'
import { reportStorage } from './work/serving.ts'
import { type RunJob, type WorkerContext, workOn } from './work/worker.ts'

export interface RunWorkersContext extends Omit<WorkerContext, 'heartbeat' | 'wake' | 'name'> {
  readonly importer: ImporterInternals
  readonly exporter: Exporter
  readonly storage: Storage
  readonly queue: Queue
  readonly remote: RemoteAccess | undefined
  readonly newWakeUps: NewWakeUps
  readonly retention: RetentionOptions
  readonly janitor: JanitorContext
  readonly janitorSeconds: number
  readonly verifyContext: VerifyStoredContext | undefined
  readonly pollMs: number
  readonly rescueSeconds: number
}

/** @param name unique name of this worker */
export async function runWorkers(
  name: string,
  {
    signal,
    imports = defaults.concurrentImports,
    exports = defaults.concurrentExports,
    fetches = imports === 0 ? 0 : defaults.concurrentFetches,
  }: WorkOptions,
  options: RunWorkersContext,
): Promise<void> {
  const { importer, storage, queue, store, leaseSeconds, onError, newWakeUps, verifyContext } = options
  const { pool } = importer
  checkPoolSize(pool, imports, exports)
  await withClient(pool, assertOwnTablesDurable).catch(ignoreOutage)
  const storageId = await identityOf(storage)
  const heartbeat = startHeartbeat(pool, leaseSeconds, onError)
  // A worker that misses the wake-up finds the job by polling.
  const wake = (lane: string) => queue.wake(lane).catch(() => undefined)
  const reserve = { connectionReserve: connectionReserve(imports, exports) }
  const context = { ...options, ...reserve, pool, heartbeat, wake, name }
  const dispatchers: Dispatcher[] = []
  const lanesToHear = new Set<string>()
  const startDispatcher = (kind: LaneKind, concurrency: number, run: RunJob, perKey?: number) => {
    if (concurrency === 0) return
    const lanes = lanesOf(kind, storageId)
    for (const lane of lanes) lanesToHear.add(lane)
    const work = (job: JobRow, jobSignal: AbortSignal) => workOn(job, context, jobSignal, run)
    const giveBack = ({ id, token }: JobRow) => store.release(id, token)
    const slots = { concurrency, concurrencyPerKey: perKey }
    dispatchers.push(dispatch({ ...context, ...slots, worker: name, lanes, signal, work, release: giveBack }))
  }
  startDispatcher('import', imports, (job, jobSignal) => runImportJob(job, context, jobSignal))
  startDispatcher('export', exports, (job, jobSignal) => runExportJob(job, context, jobSignal))
  startDispatcher(
    'fetch',
    fetches,
    (job, jobSignal) => spoolRemote(job, context, jobSignal),
    maxFetchesPerCaller(fetches),
  )

  const listenerAbort = new AbortController()
  const listener = {
    lanes: [...lanesToHear],
    onWake(lane: string | undefined) {
      for (const dispatcher of dispatchers) dispatcher.wake(lane)
    },
    onInterrupt(jobId: string) {
      for (const dispatcher of dispatchers) dispatcher.interrupt(jobId)
    },
    onError,
    signal: listenerAbort.signal,
  }
  const listenerEnded = dispatchers.length === 0 ? Promise.resolve() : queue.listen(listener)
  const everyMs = options.rescueSeconds * 1000
  const running = () => dispatchers.flatMap(dispatcher => dispatcher.running())
  const tasks = [
    ...dispatchers.map(({ ended }) => ended),
    runJanitor(options.janitor, { everySeconds: options.janitorSeconds, signal }),
    runRescuer({ pool, newWakeUps, running, everyMs, signal, onError }),
    watchUnservedStorages({ pool, everyMs, signal, onError }),
    ...(verifyContext === undefined ? [] : [runVerifier(verifyContext, signal)]),
    ...(imports === 0 ? [] : [reportStorage({ pool, storageId: storageId, leaseSeconds, signal, onError })]),
  ]
  // If one task cannot start, jobs of another may still run. Keep listening for interrupts until the last one has
  // ended.
  const ended = Promise.allSettled(tasks).then(async () => {
    listenerAbort.abort()
    await Promise.all([heartbeat.close(), listenerEnded])
  })
  await Promise.all([...tasks, listenerEnded])
  await ended
  options.outages.close()
}

/** If the database is down at startup, each task waits for it; every submission and every batch checks again. */
function ignoreOutage(error: unknown): void {
  if (!(error instanceof LadingError) || error.code === 'CONFIG_INVALID') throw error
}
