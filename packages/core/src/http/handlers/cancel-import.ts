// DELETE /v1/imports/:job_id: cancels an import. No batch begins after the response, and merged records are counted.

import { json } from '../wire/message.ts'
import { importJob } from '../wire/representation.ts'
import { withImport } from './found-job.ts'

export const cancelImport = withImport(async (job, request, { jobs }) => {
  const cancelled = await jobs.cancel(job.id)
  return json(202, importJob(cancelled ?? job, request.mount))
})
