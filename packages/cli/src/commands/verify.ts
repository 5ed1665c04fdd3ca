// lading verify: reads the stored files of a job again, and compares them with what was stored.
import { createJobs, fileStorage, postgresQueue, type VerifiedFile } from '@lading/core'
import { loadProject } from '../config-file.ts'
import { type ExitCode, exitCode, failure } from '../exit.ts'
import type { CommandIo } from '../io.ts'
import { exporterOf, importerOf } from '../pipelines.ts'
import { printable } from '../printable.ts'
import { storageFolder } from '../storage-folder.ts'
import { withDatabase } from '../with-database.ts'
import { callerOf } from './caller-options.ts'
import type { JobsCommandOptions } from './jobs-command.ts'

export interface VerifyCommandOptions extends JobsCommandOptions {
  readonly json?: boolean
}

export async function verifyJob(id: string, options: VerifyCommandOptions, io: CommandIo): Promise<ExitCode> {
  const folder = storageFolder(options.storage, io)
  const tenant = callerOf(options)?.tenant
  const { project } = await loadProject(options.config)
  return withDatabase(options, io, async ({ pool, interrupted, destroyConnections }) => {
    interrupted.addEventListener('abort', destroyConnections)
    const importer = importerOf(project, pool, io)
    const storage = fileStorage(folder)
    const jobs = createJobs({
      importer,
      exporter: exporterOf(project, pool),
      queue: postgresQueue(),
      storage,
    })
    const files = (await jobs.get(id, { tenant })) && (await jobs.verify(id))
    if (files === undefined) throw failure('There is no job with this id.')
    io.stdout.write(options.json === true ? `${JSON.stringify(jsonOf(id, files))}\n` : textOf(files))
    return files.every(({ state }) => state === 'whole') ? exitCode.done : exitCode.failed
  })
}

function textOf(files: readonly VerifiedFile[]): string {
  if (files.length === 0) return 'No file of this job is stored.\n'
  return files
    .map(
      ({ jobId, resource, state, detail }) => `${[jobId, resource, state, printable(detail)].join('\t')}\n`,
    )
    .join('')
}

function jsonOf(id: string, files: readonly VerifiedFile[]): object {
  return {
    job_id: id,
    whole: files.every(({ state }) => state === 'whole'),
    files: files.map(({ jobId, what, resource, key, size, sha256, state, detail }) => ({
      job_id: jobId,
      what,
      resource,
      key,
      size,
      sha256,
      state,
      detail,
    })),
  }
}
