// GET /v1/imports/:job_id/rejects: the rejected records as a file that can be mended and imported again.
import { LadingError } from '../../errors/lading-error.ts'
import { begun, fileResponse, isHead } from '../download.ts'
import { withImport } from '../found-job.ts'
import { refuseUnbuilt } from '../not-yet.ts'
import { queryPairs, readOptions } from '../parameters.ts'
import { HttpFault } from '../problem.ts'
import { rejectsOptions } from '../schemas.ts'

export const importRejects = withImport(async (job, request, { jobs }) => {
  refuseUnbuilt(readOptions(rejectsOptions, queryPairs(request.rawQuery)))
  const facts = { name: `${job.resource}-rejects`, format: job.format }
  if (isHead(request)) return fileResponse(undefined, facts)
  const stream = await jobs.rejects(job.id).catch(expired)
  if (stream === undefined) throw new LadingError('JOB_NOT_FOUND', 'There is no import with this id.')
  return fileResponse(await begun(stream, request.signal).catch(expired), facts)
})

function expired(error: unknown): never {
  if (!(error instanceof LadingError) || error.code !== 'STORAGE_NOT_FOUND') throw error
  throw new HttpFault(
    'FILE_EXPIRED',
    'The uploaded file is no longer kept, and its rejected records with it.',
  )
}
