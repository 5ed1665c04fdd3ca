// GET /v1/imports/:job_id/errors: record errors, page by page.
import { withImport } from '../found-job.ts'
import { header, json } from '../message.ts'
import { notYet, refuseUnbuilt } from '../not-yet.ts'
import { queryPairs, readOptions } from '../parameters.ts'
import { errorsOptions } from '../schemas.ts'
import { recordError } from '../wire.ts'

export const importErrors = withImport(async (job, request, { jobs }) => {
  const options = readOptions(errorsOptions, queryPairs(request.rawQuery))
  refuseUnbuilt(options)
  if (/text\/csv|application\/x-ndjson/i.test(header(request, 'accept') ?? '')) {
    throw notYet('The list of errors as CSV or NDJSON')
  }
  const { limit = 50, offset = 0 } = options
  const { errors, total } = await jobs.errors(job.id, { limit, offset })
  return json(200, {
    job_id: job.id,
    errors: errors.map(recordError),
    pagination: { limit, offset, total_errors: total },
  })
})
