// GET /v1/imports/:job_id/rejects: the rejected records, as a file that can be corrected and imported again.
import { LadingError } from '../../errors/lading-error.ts'
import type { Job } from '../../jobs/store/job.ts'
import type { Service } from '../http-service.ts'
import { fileResponse, isHead, waitForFirstBytes } from '../response/download.ts'
import type { HttpRequest, HttpResponse } from '../wire/message.ts'
import { queryPairs, readOptions } from '../wire/parameters.ts'
import { HttpFault } from '../wire/problem.ts'
import { rejectsOptions } from '../wire/schemas.ts'
import { withImport } from './found-job.ts'

export const importRejects = withImport((job, request, service) => {
  const answer = () => rejects(job, request, service)
  // A HEAD request opens no file, and needs no slot.
  return isHead(request) ? answer() : service.downloads.withSlot(request, answer)
})

async function rejects(job: Job, request: HttpRequest, { jobs }: Service): Promise<HttpResponse> {
  const { unprocessed = false } = readOptions(rejectsOptions, queryPairs(request.rawQuery))
  const facts = { name: `${job.resource}-${unprocessed ? 'unprocessed' : 'rejects'}`, format: job.format }
  const stream = await jobs.rejects(job.id, { unprocessed }).catch(expired)
  if (stream === undefined) throw new LadingError('JOB_NOT_FOUND', 'There is no import with this id.')
  if (isHead(request)) {
    stream.destroy()
    return fileResponse(undefined, facts)
  }
  return fileResponse(await waitForFirstBytes(stream, request.signal).catch(expired), facts)
}

function expired(error: unknown): never {
  if (!(error instanceof LadingError) || error.code !== 'STORAGE_NOT_FOUND') throw error
  throw new HttpFault(
    'FILE_EXPIRED',
    'The uploaded file is no longer kept, and its rejected records with it.',
  )
}
