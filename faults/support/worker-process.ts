// A process that works on jobs, submits one or migrates, and dies at a given point.
import { createReadStream, existsSync, writeSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import pg from 'pg'
import project from '../../examples/reference-server/lading.config.ts'
import {
  createExporter,
  createImporter,
  createJobs,
  fileStorage,
  migrate,
  postgresQueue,
  type Queue,
} from '../../packages/core/src/index.ts'
import { setFailpoints } from '../../packages/core/src/internal.ts'
import { fleetResources } from './fleet.ts'
import { sampleResource } from './sample-rows.ts'
import { applicationName, type WorkerEvent, type WorkerSettings } from './settings.ts'
import { countedSteps } from './steps.ts'
import { tapWire } from './wire.ts'

/** The descriptor that the parent reads events from. Written at once: the process may be dead a moment later. */
const events = 3
const tell = (event: WorkerEvent) => writeSync(events, `${JSON.stringify(event)}\n`)

for (const name of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(name, (error: unknown) => {
    tell({ event: 'unhandled', error: `${name}: ${error instanceof Error ? error.stack : String(error)}` })
    process.exit(70)
  })
}

// Written by the parent, from an object of this type.
const settings = JSON.parse(process.env.FAULT_SETTINGS ?? '{}') as WorkerSettings
const { databaseUrl, folder, task, leaseSeconds, batchRows } = settings

const steps = countedSteps(settings.failpoint, name => tell({ event: 'fired', name }))
setFailpoints(steps.pass)
const pool = new pg.Pool({
  connectionString: databaseUrl,
  max: settings.poolSize ?? 8,
  application_name: applicationName,
  connectionTimeoutMillis: 5_000,
})
pool.on('error', () => undefined)
tapWire(pool, steps, settings)

let records = 0
function onRecord(): void {
  if (++records !== settings.block?.atRecord) return
  while (!existsSync(settings.block.untilThereIs)) Math.random()
}

const resources = [...project.resources, sampleResource(onRecord), ...fleetResources(settings.fleet ?? 0)]
const { patienceSeconds = 30 } = settings
const importer = createImporter({
  pool,
  resources,
  batchRows,
  noProgressSeconds: patienceSeconds,
  connections: settings.connections,
})
const exporter = createExporter({ pool, resources })
const inDatabase = postgresQueue()
/** Like a queue outside of the database: notified after the commit. */
const apart: Queue = {
  ...inDatabase,
  joinsTransactions: false,
  withPool(own) {
    const queue = inDatabase.withPool?.(own) ?? inDatabase
    return { ...queue, joinsTransactions: false, wake: lane => queue.wake(lane) }
  },
}
const queue = settings.queueApart === true ? apart : inDatabase
const jobs = createJobs({
  importer,
  exporter,
  queue,
  storage: fileStorage(folder),
  leaseSeconds,
  rescueSeconds: 0.2,
  pollMs: 50,
  backoffMs: 20,
  maxBackoffMs: settings.maxBackoffMs ?? 200,
  maxAttempts: settings.maxAttempts ?? 100,
  remote: { allow: settings.allow === undefined ? [] : [settings.allow] },
  onJobEnd: ({ id, status, errorMessage }) =>
    tell({ event: 'ended', job: id, how: `${status} ${errorMessage ?? ''}` }),
  onError: error => tell({ event: 'fault', error: String(error) }),
  onOutage: ({ event, cause }) => {
    if (event === 'began') tell({ event: 'fault', error: String(cause) })
  },
})

const stopping = new AbortController()
process.on('SIGTERM', () => (stopping.signal.aborted ? process.exit(1) : stopping.abort()))

/** Beats three times in a lease, as the lease's own heart does, to see whether the event loop lets it. */
function startBeating(): () => { beats: number; maxDelayMs: number } {
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  let beats = 0
  const timer = setInterval(() => beats++, 20)
  return () => {
    clearInterval(timer)
    return { beats, maxDelayMs: delay.max / 1e6 }
  }
}

async function run(): Promise<void> {
  if (task.name === 'migrate') await migrate({ pool, folders: task.folders })
  else if (task.name === 'import') {
    const source = createReadStream(task.file)
    const job = await jobs.submitImport({ resource: settings.resource ?? 'cargo', format: 'csv', source })
    tell({ event: 'submitted', job: job.id })
  } else if (task.name === 'import-bundle') {
    const begun = await jobs.submitBundleImport({ source: createReadStream(task.file) })
    for (const job of begun.jobs) tell({ event: 'submitted', job: job.id })
  } else if (task.name === 'export') {
    const job = await jobs.submitExport({ resource: settings.resource ?? 'cargo', format: 'csv' })
    tell({ event: 'submitted', job: job.id })
  } else {
    tell({ event: 'ready' })
    await jobs.work({ signal: stopping.signal, imports: 1, exports: 1 })
  }
}

const stopBeating = startBeating()
await run()
await queue.close?.()
await pool.end()
tell({ event: 'done', peakBytes: process.resourceUsage().maxRSS * 1024, ...stopBeating() })
