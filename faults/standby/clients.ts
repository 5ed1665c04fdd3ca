// Clients that submit one import after the other and watch them, and a worker: each answer they received is recorded.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as moment } from 'node:timers/promises'
import pg from 'pg'
import {
  createExporter,
  createImporter,
  createJobs,
  defineResource,
  fileStorage,
  type ImporterOptions,
  type Jobs,
  postgresQueue,
  Type,
} from '../../packages/core/src/index.ts'

const resources = [
  defineResource('goods', {
    table: 'goods',
    schema: Type.Object({ file: Type.Integer(), ref: Type.Integer(), label: Type.String({ maxLength: 40 }) }),
  }),
]

/** Without any key, so that the database itself would take a row twice. */
export const createGoodsSql = 'create table goods (file int not null, ref int not null, label text not null)'

export const records = 900

/** Every 30th record is rejected: its label is too long. */
export function fileOf(file: number): Buffer {
  const lines = Array.from({ length: records }, (_, index) => {
    const label = (index + 1) % 30 === 0 ? 'x'.repeat(41) : `file ${file}, record ${index + 1}`
    return `${file},${index + 1},"${label}"\n`
  })
  return Buffer.from(`file,ref,label\n${lines.join('')}`)
}

/** The result of the first records of a file, by their number. */
export function rowsOf(file: number, upTo: number): string[] {
  const good = Array.from({ length: upTo }, (_, index) => index + 1).filter(ref => ref % 30 !== 0)
  return good.map(ref => `${file} ${ref} file ${file}, record ${ref}`)
}

/** What was reported to a client. */
export interface Reported {
  /** Number of the file → id of the job that was accepted. */
  readonly accepted: Map<number, string>
  /** Numbers of the files whose job was seen completed. */
  readonly completed: Set<number>
}

export interface StandbyHarness {
  readonly jobs: Jobs
  readonly pool: pg.Pool
  /** Sends and watches until `end`. */
  send(reported: Reported, first: number): void
  work(): void
  end(): Promise<void>
}

export type Level = ImporterOptions['synchronousCommit']

export async function siteOn(url: string, folder: string, synchronousCommit: Level): Promise<StandbyHarness> {
  const pool = new pg.Pool({ connectionString: url, max: 14, connectionTimeoutMillis: 2_000 })
  pool.on('error', () => undefined)
  const importer = createImporter({ pool, resources, batchRows: 60, synchronousCommit, noProgressSeconds: 2 })
  const queue = postgresQueue()
  const jobs = createJobs({
    importer,
    exporter: createExporter({ pool, resources }),
    queue,
    storage: fileStorage(folder),
    leaseSeconds: 1,
    rescueSeconds: 1,
    pollMs: 50,
    backoffMs: 20,
    maxBackoffMs: 200,
    maxAttempts: 100,
  })
  const stopping = new AbortController()
  const { signal } = stopping
  const running: Promise<unknown>[] = []
  return {
    jobs,
    pool,
    send(reported, first) {
      running.push(sender(jobs, reported, first, signal), watcher(jobs, reported, signal))
    },
    work() {
      running.push(jobs.work({ signal, imports: 2, exports: 0 }))
    },
    async end() {
      stopping.abort()
      await Promise.allSettled(running)
      await queue.close?.().catch(() => undefined)
      await pool.end()
    },
  }
}

/** Unfinished jobs, as far as their sender has been informed. */
const mostOpen = 4

async function sender(jobs: Jobs, reported: Reported, first: number, signal: AbortSignal): Promise<void> {
  for (let file = first; !signal.aborted; file++) {
    // A submission without an answer was not accepted, as far as its sender has been informed.
    const job = await jobs
      .submitImport({ resource: 'goods', format: 'csv', source: fileOf(file), metadata: { file } })
      .catch(() => undefined)
    if (job === undefined) return
    reported.accepted.set(file, job.id)
    while (reported.accepted.size - reported.completed.size >= mostOpen && !signal.aborted) await moment(5)
  }
}

async function watcher(jobs: Jobs, reported: Reported, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    for (const [file, id] of reported.accepted) {
      if (reported.completed.has(file)) continue
      const job = await jobs.get(id).catch(() => undefined)
      if (job?.status === 'completed') reported.completed.add(file)
    }
    await moment(5)
  }
}

export async function withFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-standby-files-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
