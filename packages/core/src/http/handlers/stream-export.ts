// GET /v1/exports: the rows of a resource as a file, printed while it is sent.
import { begun, day, fileResponse, isHead } from '../download.ts'
import { readExportQuery } from '../export-query.ts'
import { laterOfExports, refuseUnbuilt } from '../not-yet.ts'
import type { Handler } from '../service.ts'

export const streamExport: Handler = async (request, { exporter, registry }) => {
  const { options, filters } = readExportQuery(request.rawQuery)
  const { resource, format = 'ndjson' } = options
  registry.get(resource)
  refuseUnbuilt(options, laterOfExports)
  const facts = { name: `${resource}-${day()}`, format }
  // Nobody would read the rows.
  if (isHead(request)) return fileResponse(undefined, facts)
  const stream = exporter.stream({ resource, format, filters })
  return fileResponse(await begun(stream, request.signal), facts)
}
