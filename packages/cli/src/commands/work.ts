// lading work: runs the jobs of a database in a process of their own until it is stopped.
import { createJobs, fileStorage, LadingError, type Outage, postgresQueue } from '@lading/core'
import { messageOf, printNotice } from '../complaint.ts'
import { loadProject } from '../config-file.ts'
import { type ExitCode, exitCode, usageError } from '../exit.ts'
import type { CommandIo } from '../io.ts'
import { jobLine } from '../job-line.ts'
import { type RemoteOptionTexts, remoteOptions } from '../open-remote.ts'
import { exporterOf, importerOf } from '../pipelines.ts'
import { count } from '../printable.ts'
import { storageFolder } from '../storage-folder.ts'
import { type DatabaseOptions, withDatabase } from '../with-database.ts'
import { type RecordLimitOptions, recordLimit } from './record-limit.ts'

export interface WorkCommandOptions extends DatabaseOptions, RemoteOptionTexts, RecordLimitOptions {
  readonly config?: string
  /** The folder of the files, which the servers use too. */
  readonly storage?: string
  /** Concurrent jobs, as text. */
  readonly imports?: string
  readonly exports?: string
  readonly fetches?: string
  readonly verify?: boolean
}

/**
 * The worker needs one connection per import or export and three for control (`jobs/pool-size.ts`); the rest is
 * reserve.
 */
const poolSize = (jobs: number) => 2 * jobs + 4

export async function workOnJobs(options: WorkCommandOptions, io: CommandIo): Promise<ExitCode> {
  const folder = storageFolder(options.storage, io)
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
    io,
    async database => {
      const { pool, interrupted, interruptedTwice } = database
      // The database rolls back open batches when their connections break, and other workers start those jobs again.
      interruptedTwice.addEventListener('abort', () => process.exit(exitCode.interrupted))
      interrupted.addEventListener('abort', () =>
        printNotice('Stopping after the current batches; once more stops at once.', io),
      )
      const importer = importerOf(project, pool, io, maxRecordBytes)
      await importer.check()
      const jobs = createJobs({
        importer,
        exporter: exporterOf(project, pool),
        queue: postgresQueue(),
        storage: fileStorage(folder),
        remote,
        verifyStored: options.verify ?? false,
        // Only the servers are configured with retention periods.
        jobRetentionSeconds: false,
        spoolRetentionSeconds: false,
        onJobEnd: job => io.stdout.write(jobLine(job)),
        onError: (error, { jobId }) => reportError(error, io, jobId),
        onOutage: outage => reportOutage(outage, io),
      })
      printNotice(
        `Working on ${count(imports)} imports, ${count(exports)} exports and ${count(fetches)} fetches at a time.`,
        io,
      )
      await jobs.work({ signal: interrupted, imports, exports, fetches })
      return exitCode.done
    },
  )
}

function reportOutage({ event, code, message, jobs }: Outage, io: CommandIo): void {
  if (event === 'over') printNotice(`${code} is over.`, io)
  else
    printNotice(
      `${event === 'began' ? 'Waiting' : 'Still waiting'} with ${count(jobs)} jobs: ${code}. ${message}`,
      io,
    )
}

/** @throws CommandError */
function concurrency(option: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  const number = Number(text)
  if (/^\d+$/.test(text) && number <= 64) return number
  throw usageError(`${option} must be a whole number from 0 to 64; it is "${text}".`)
}

/** Reports an error, after the id of its job if it has one. The work continues, whatever it is. */
function reportError(error: unknown, io: CommandIo, jobId?: string): void {
  const text = error instanceof Error ? error.message : String(error)
  const sentence = error instanceof LadingError ? messageOf(error) : text
  printNotice(jobId === undefined ? sentence : `${jobId}: ${sentence}`, io)
}
