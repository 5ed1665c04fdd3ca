// DELETE /v1/imports/:job_id: no batch begins behind this answer, and what is in the table is counted.

import { json } from '../wire/message.ts'
import { importJob } from '../wire/representation.ts'
import { withImport } from './found-job.ts'

export const cancelImport = withImport(async (job, request, { jobs }) => {
  const cancelled = await jobs.cancel(job.id)
  return json(202, importJob(cancelled ?? job, request.mount))
})
