// DELETE /v1/exports/:job_id: cancels an export, or deletes its file if it has completed.
import { LadingError } from '../../errors/lading-error.ts'
import { json } from '../wire/message.ts'
import { exportJob } from '../wire/representation.ts'
import { withExport } from './found-job.ts'

export const deleteExport = withExport(async (job, request, { jobs }) => {
  try {
    if (job.status !== 'completed') {
      const cancelled = await jobs.cancel(job.id)
      return json(202, exportJob(cancelled ?? job, request.mount))
    }
  } catch (error) {
    // It may have completed a moment ago; then its file is deleted.
    const isOver = error instanceof LadingError && error.code === 'JOB_ENDED'
    if (!isOver || (await jobs.get(job.id))?.status !== 'completed') throw error
  }
  await jobs.deleteFile(job.id)
  return { status: 204, headers: {} }
})
