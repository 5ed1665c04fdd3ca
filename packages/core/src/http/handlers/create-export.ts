// POST /v1/exports: an export that is made while nobody waits, and fetched later.
import { LadingError } from '../../errors/lading-error.ts'
import type { Resource } from '../../resource/define.ts'
import { readJson } from '../body.ts'
import { submitted } from '../idempotency.ts'
import { laterOfExports, notYet, refuseUnbuilt } from '../not-yet.ts'
import { readBody } from '../parameters.ts'
import { exportJob } from '../schemas.ts'
import type { Handler } from '../service.ts'
import { refuseWhileDraining } from '../submission.ts'

export const createExport: Handler = (request, service) => {
  refuseWhileDraining(service)
  return submitted(request, service, 'export', async idempotencyKey => {
    const options = readBody(exportJob, await readJson(request))
    refuseUnbuilt(options, laterOfExports)
    const { resource, format = 'ndjson', filters = {}, metadata } = options
    if (resource === undefined) throw new LadingError('OPTION_INVALID', 'The option "resource" is missing.')
    refuseRanges(service.registry.get(resource), filters)
    return service.jobs.submitExport({ resource, format, filters, metadata, idempotencyKey })
  })
}

/** Lists and objects are values of lists and documents only; for any other field they ask for several or a range. */
function refuseRanges({ fields }: Resource, filters: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(filters)) {
    const kind = fields.find(field => field.name === name)?.type.kind
    const isScalar = kind !== undefined && kind !== 'array' && kind !== 'json'
    if (!isScalar || typeof value !== 'object' || value === null) continue
    throw notYet(`${Array.isArray(value) ? 'More than one value' : 'A range'} of "${name}"`)
  }
}
