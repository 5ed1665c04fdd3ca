// lading jobs: lists the jobs that were submitted to a server, and cancels or retries one.
import {
  createJobs,
  fileStorage,
  type Job,
  type JobStatus,
  type Jobs,
  memoryStorage,
  postgresQueue,
} from '@lading/core'
import { loadProject } from '../config-file.ts'
import { type ExitCode, exitCode, failure, usageError } from '../exit.ts'
import type { CommandIo } from '../io.ts'
import { jobLine } from '../job-line.ts'
import { exporterOf, importerOf } from '../pipelines.ts'
import { storageFolder } from '../storage-folder.ts'
import { type DatabaseOptions, withDatabase } from '../with-database.ts'
import { callerOf } from './caller-options.ts'

export interface JobsCommandOptions extends DatabaseOptions {
  readonly config?: string
  /** Only the jobs of this tenant; without one, the jobs of all. */
  readonly tenant?: string
  /** Only for a retry, which needs the uploaded file. */
  readonly storage?: string
}

export interface ListCommandOptions extends JobsCommandOptions {
  readonly exports?: boolean
  readonly status?: string
  readonly resource?: string
  readonly limit?: string
}

const states: readonly JobStatus[] = ['pending', 'processing', 'completed', 'failed', 'cancelled']

/** Prints the jobs, newest first, at most 100. */
export async function listJobs(options: ListCommandOptions, io: CommandIo): Promise<ExitCode> {
  const { exports = false, resource, limit = '20' } = options
  const tenant = callerOf(options)?.tenant
  const status = states.find(state => state === options.status)
  if (options.status !== undefined && status === undefined) {
    throw usageError(`--status must be one of ${states.join(', ')}; it is "${options.status}".`)
  }
  if (!/^([1-9]\d?|100)$/.test(limit)) {
    throw usageError(`--limit must be a whole number from 1 to 100; it is "${limit}".`)
  }
  return withJobs(options, undefined, io, async jobs => {
    const kind = exports ? 'export' : 'import'
    const page = await jobs.list({ kind, status, resource, tenant, limit: Number(limit) })
    io.stdout.write(page.jobs.map(jobLine).join(''))
  })
}

export function cancelJob(id: string, options: JobsCommandOptions, io: CommandIo): Promise<ExitCode> {
  return withJob(id, options, undefined, io, jobs => jobs.cancel(id))
}

/** Retries the job; a server or `lading work` then runs it. */
export function retryJob(id: string, options: JobsCommandOptions, io: CommandIo): Promise<ExitCode> {
  const folder = storageFolder(options.storage, io)
  return withJob(id, options, folder, io, jobs => jobs.retry(id))
}

/** The id of another tenant's job is unknown, as over HTTP, so that nothing about that job is revealed. */
function withJob(
  id: string,
  options: JobsCommandOptions,
  folder: string | undefined,
  io: CommandIo,
  change: (jobs: Jobs) => Promise<Job | undefined>,
): Promise<ExitCode> {
  const tenant = callerOf(options)?.tenant
  return withJobs(options, folder, io, async jobs => {
    show((await jobs.get(id, { tenant })) && (await change(jobs)), io)
  })
}

function show(job: Job | undefined, { stdout }: CommandIo): void {
  if (job === undefined) throw failure('There is no job with this id.')
  stdout.write(jobLine(job))
}

async function withJobs(
  options: JobsCommandOptions,
  folder: string | undefined,
  io: CommandIo,
  work: (jobs: Jobs) => Promise<void>,
): Promise<ExitCode> {
  const { project } = await loadProject(options.config)
  return withDatabase(options, io, async ({ pool, interrupted, destroyConnections }) => {
    interrupted.addEventListener('abort', destroyConnections)
    // Without a folder no file is needed.
    const storage = folder === undefined ? memoryStorage() : fileStorage(folder)
    const importer = importerOf(project, pool, io)
    await work(createJobs({ importer, exporter: exporterOf(project, pool), queue: postgresQueue(), storage }))
    return exitCode.done
  })
}
