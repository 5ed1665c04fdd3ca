// GET /v1/imports/:job_id: the progress of an import, and its first record errors.
import { json } from '../wire/message.ts'
import { importJob } from '../wire/representation.ts'
import { withImport } from './found-job.ts'

/** Enough to see what is wrong with the file; `/errors` has all of them. */
const shownErrors = 10

export const getImport = withImport(async (job, request, { jobs }) => {
  // Most polled jobs have no errors, and cost one query.
  const hasErrors = job.progress.failedRecords > 0
  const { errors } = hasErrors ? await jobs.errors(job.id, { limit: shownErrors, offset: 0 }) : { errors: [] }
  return json(200, importJob(job, request.mount, errors))
})
