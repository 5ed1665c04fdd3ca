// GET /v1/imports/:job_id: how far it is, and the first of its record errors.

import { json } from '../wire/message.ts'
import { importJob } from '../wire/representation.ts'
import { withImport } from './found-job.ts'

/** Enough to see what is wrong with the file; the rest is under `errors`. */
const shownErrors = 10

export const getImport = withImport(async (job, request, { jobs }) => {
  // Most polls are of jobs without errors, and cost one read.
  const hasErrors = job.progress.failedRecords > 0
  const { errors } = hasErrors ? await jobs.errors(job.id, { limit: shownErrors, offset: 0 }) : { errors: [] }
  return json(200, importJob(job, request.mount, errors))
})
