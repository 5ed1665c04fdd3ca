// POST /v1/exports: starts a background export of one resource, or of several as a bundle, to be downloaded later.
import type { Static } from '@sinclair/typebox'
import { LadingError } from '../../errors/lading-error.ts'
import { readJson } from '../body/request-body.ts'
import type { Handler } from '../http-service.ts'
import { readExportBody } from '../submit/export-query.ts'
import { type Submit, submitOnce } from '../submit/idempotency-key.ts'
import { refuseWhileDraining } from '../submit/refuse-while-draining.ts'
import { readBody } from '../wire/parameters.ts'
import { exportJob } from '../wire/schemas.ts'

export const createExport: Handler = (request, service) => {
  refuseWhileDraining(service)
  return submitOnce('export', submitExport, request, service)
}

const submitExport: Submit = async (request, service, idempotencyKey) => {
  const options = readBody(exportJob, await readJson(request, service.limits))
  const { resource, resources, metadata, filename: fileName } = options
  const common = { caller: request.access.caller, metadata, fileName, idempotencyKey }
  if (resources !== undefined) {
    refuseWithBundle(options)
    await request.access.permit(...resources)
    const { format } = options
    return service.jobs.submitBundleExport({ resources, format, ...common })
  }
  if (resource === undefined) throw new LadingError('OPTION_INVALID', 'The option "resource" is missing.')
  await request.access.permit(service.registry.get(resource).name)
  const exportOptions = readExportBody({ ...options, resource }, service.registry)
  return service.jobs.submitExport({ ...exportOptions, ...common })
}

const bundleOptions = ['resources', 'format', 'metadata', 'filename']

/** A bundle holds whole resources, so that they can be restored as they were. */
function refuseWithBundle(options: Static<typeof exportJob>): void {
  for (const [name, value] of Object.entries(options)) {
    if (bundleOptions.includes(name) || value === undefined) continue
    throw new LadingError(
      'OPTION_INVALID',
      `The option "${name}" cannot be used with "resources": a bundle holds whole resources. Known: ${bundleOptions.join(', ')}.`,
    )
  }
}
