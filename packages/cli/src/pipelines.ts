// A project and a pool → its importer and exporter.
import {
  createExporter,
  createImporter,
  type Exporter,
  type Importer,
  type ImporterOptions,
  type Project,
  type SynchronousCommit,
} from '@lading/core'
import { usageError } from './exit.ts'
import type { CommandIo } from './io.ts'

type Pool = ImporterOptions['pool']

/** @param maxRecordBytes the maximum size of a record. @defaultValue that of the library */
export function importerOf(
  { resources, sessionVariables }: Project,
  pool: Pool,
  io: CommandIo,
  maxRecordBytes?: number,
): Importer {
  return createImporter({
    pool,
    resources,
    sessionVariables,
    maxRecordBytes,
    synchronousCommit: commitLevel(io),
  })
}

/** The SYNCHRONOUS_COMMIT of the environment, as for the servers. @throws CommandError */
function commitLevel({ env }: CommandIo): SynchronousCommit | undefined {
  const level = env.SYNCHRONOUS_COMMIT
  if (!level) return undefined
  const found = commitLevels.find(known => known === level)
  if (found !== undefined) return found
  throw usageError(`SYNCHRONOUS_COMMIT must be one of ${commitLevels.join(', ')}; it is "${level}".`)
}

const commitLevels: readonly SynchronousCommit[] = ['local', 'remote_write', 'on', 'remote_apply']

export function exporterOf({ resources, sessionVariables }: Project, pool: Pool): Exporter {
  return createExporter({ pool, resources, sessionVariables })
}
