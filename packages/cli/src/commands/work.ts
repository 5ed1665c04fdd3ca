// lading work: the jobs of a database, done by a process of their own until it is told to stop.
import { createJobs, fileStorage, LadingError, type Outage, postgresQueue } from '@lading/core'
import { sentenceOf, tell } from '../complaint.ts'
import { loadProject } from '../config-file.ts'
import { type DatabaseOptions, withDatabase } from '../database.ts'
import { type ExitCode, exitCode, usageError } from '../exit.ts'
import { jobLine } from '../job-line.ts'
import { exporterOf, importerOf } from '../pipelines.ts'
import { count } from '../printable.ts'
import { type RemoteOptionTexts, remoteOptions } from '../remote-file.ts'
import { storageFolder } from '../storage-folder.ts'
import { type RecordLimitOptions, recordLimit } from './record-limit.ts'

export interface WorkCommandOptions extends DatabaseOptions, RemoteOptionTexts, RecordLimitOptions {
  readonly config?: string
  /** Folder of the files, which is that of the servers. */
  readonly storage?: string
  /** Jobs at a time, as text. */
  readonly imports?: string
  readonly exports?: string
  readonly fetches?: string
  readonly verify?: boolean
}

/** Each job writes on one connection and may read on another; the rest is for the queue, the rescue, heartbeats and those who fetch. */
const poolSize = (jobs: number) => 2 * jobs + 4

export async function workOnJobs(options: WorkCommandOptions): Promise<ExitCode> {
  const folder = storageFolder(options.storage)
  const imports = concurrency('--imports', options.imports, 4)
  const exports = concurrency('--exports', options.exports, 2)
  const fetches = concurrency('--fetches', options.fetches, imports === 0 ? 0 : 4)
  if (imports + exports + fetches === 0) {
    throw usageError('Nothing to do: --imports, --exports and --fetches are all 0.')
  }
  const remote = remoteOptions(options)
  const maxRecordBytes = recordLimit(options)
  const { project } = await loadProject(options.config)

  return withDatabase(
    { ...options, poolSize: poolSize(imports + exports), isService: true },
    async database => {
      const { pool, interrupted, interruptedTwice } = database
      // What is under way is taken back by the database when its connections break, and begun again by others.
      interruptedTwice.addEventListener('abort', () => process.exit(exitCode.interrupted))
      interrupted.addEventListener('abort', () =>
        tell('Stopping after the current batches; once more stops at once.'),
      )
      const importer = importerOf(project, pool, maxRecordBytes)
      await importer.check()
      const jobs = createJobs({
        importer,
        exporter: exporterOf(project, pool),
        queue: postgresQueue(),
        storage: fileStorage(folder),
        remote,
        verifyStored: options.verify ?? false,
        // How long they are kept, the servers know; nobody has told this process.
        jobRetentionSeconds: false,
        spoolRetentionSeconds: false,
        onJobEnd: job => process.stdout.write(jobLine(job)),
        onError: (error, { jobId }) => complain(error, jobId),
        onOutage: tellOutage,
      })
      tell(
        `Working on ${count(imports)} imports, ${count(exports)} exports and ${count(fetches)} fetches at a time.`,
      )
      await jobs.work({ signal: interrupted, imports, exports, fetches })
      return exitCode.done
    },
  )
}

function tellOutage({ event, code, message, jobs }: Outage): void {
  if (event === 'over') tell(`${code} is over.`)
  else
    tell(`${event === 'began' ? 'Waiting' : 'Still waiting'} with ${count(jobs)} jobs: ${code}. ${message}`)
}

/** @throws CommandError */
function concurrency(option: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  const number = Number(text)
  if (/^\d+$/.test(text) && number <= 64) return number
  throw usageError(`${option} must be a whole number from 0 to 64; it is "${text}".`)
}

/** Reports an error, after the id of its job if it has one. The work continues, whatever it is. */
function complain(error: unknown, jobId?: string): void {
  const text = error instanceof Error ? error.message : String(error)
  const sentence = error instanceof LadingError ? sentenceOf(error) : text
  tell(jobId === undefined ? sentence : `${jobId}: ${sentence}`)
}
