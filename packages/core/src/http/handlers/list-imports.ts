// GET /v1/imports: imports, newest first, page by page.
import type { JobStatus } from '../../jobs/job.ts'
import { json } from '../message.ts'
import { queryPairs, readOptions } from '../parameters.ts'
import { listOptions } from '../schemas.ts'
import type { Handler } from '../service.ts'
import { importJob } from '../wire.ts'

export const listImports: Handler = async (request, { jobs, registry }) => {
  const options = readOptions(listOptions, queryPairs(request.rawQuery))
  if (options.resource !== undefined) registry.get(options.resource)
  // The schema has checked that it is one of the states.
  const status = options.status as JobStatus | undefined
  const page = await jobs.list({ kind: 'import', ...options, status })
  return json(200, {
    jobs: page.jobs.map(job => importJob(job, request.mount)),
    next_cursor: page.nextCursor,
  })
}
