// GET /v1/imports/:job_id/errors: record errors, as pages of JSON or as one file with all of them.
import { LadingError } from '../../errors/lading-error.ts'
import { preferredType } from '../response/accept.ts'
import { fileResponse, isHead, waitForFirstBytes } from '../response/download.ts'
import { errorList } from '../response/error-list.ts'
import { header, json } from '../wire/message.ts'
import { queryPairs, readOptions } from '../wire/parameters.ts'
import { recordError } from '../wire/representation.ts'
import { errorsOptions } from '../wire/schemas.ts'
import { withImport } from './found-job.ts'

const formatOf = { 'text/csv': 'csv', 'application/x-ndjson': 'ndjson' } as const

/** The response depends on the Accept header. */
const vary = { Vary: 'Accept' }

export const importErrors = withImport(async (job, request, { jobs, downloads }) => {
  const { limit, offset, ...filter } = readOptions(errorsOptions, queryPairs(request.rawQuery))
  const type = preferredType(header(request, 'accept'), [
    'application/json',
    'text/csv',
    'application/x-ndjson',
  ])
  if (type !== 'application/json') {
    if (limit !== undefined || offset !== undefined) {
      throw new LadingError(
        'OPTION_INVALID',
        `The options "limit" and "offset" are for pages; ${type} is the whole list.`,
      )
    }
    const facts = { name: `${job.resource}-errors`, format: formatOf[type], headers: vary }
    if (isHead(request)) return fileResponse(undefined, facts)
    return downloads.withSlot(request, async () => {
      const list = errorList(jobs.allErrors(job.id, filter), formatOf[type])
      return fileResponse(await waitForFirstBytes(list, request.signal), facts)
    })
  }
  const page = { limit: limit ?? 50, offset: offset ?? 0 }
  const { errors, total, stored } = await jobs.errors(job.id, { ...page, ...filter })
  const isCapped = job.warnings.some(({ code }) => code === 'ERRORS_CAPPED')
  return json(
    200,
    {
      job_id: job.id,
      errors: errors.map(recordError),
      pagination: { ...page, total_errors: total, ...(isCapped && { stored_errors: stored }) },
    },
    vary,
  )
})
