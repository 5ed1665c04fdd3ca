// A project and a connection to its database → what imports and what exports, as the project wants it.
import {
  createExporter,
  createImporter,
  type Exporter,
  type Importer,
  type ImporterOptions,
  type Project,
} from '@lading/core'

type Pool = ImporterOptions['pool']

/** @param maxRecordBytes of the longest record. @defaultValue what the library takes */
export function importerOf({ resources, session }: Project, pool: Pool, maxRecordBytes?: number): Importer {
  return createImporter({ pool, resources, session, maxRecordBytes })
}

export function exporterOf({ resources, session }: Project, pool: Pool): Exporter {
  return createExporter({ pool, resources, session })
}
