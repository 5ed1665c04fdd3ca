// GET /v1/exports/:job_id/download: the file of a completed export, while it is kept.
import { LadingError } from '../../errors/lading-error.ts'
import type { Job, JobFile } from '../../jobs/job.ts'
import { begun, day, fileResponse, isHead } from '../download.ts'
import { withExport } from '../found-job.ts'
import { header } from '../message.ts'
import { HttpFault } from '../problem.ts'

export const downloadExport = withExport(async (job, request, { jobs }) => {
  const file = fileOf(job)
  const etag = `"${file.sha256}"`
  if (matches(header(request, 'if-none-match'), etag)) return { status: 304, headers: { ETag: etag } }
  const facts = {
    name: `${job.resource}-${day(job.createdAt)}`,
    format: job.format,
    headers: {
      'Content-Length': String(file.size),
      ETag: etag,
      // RFC 9530: lets a client check what it has got.
      'Repr-Digest': `sha-256=:${Buffer.from(file.sha256, 'hex').toString('base64')}:`,
      'Cache-Control': 'private, no-cache',
    },
  }
  if (isHead(request)) return fileResponse(undefined, facts)
  const stream = await jobs.download(job.id)
  if (stream === undefined) throw expired()
  return fileResponse(await begun(stream, request.signal), facts)
})

function fileOf({ status, file }: Job): JobFile {
  if (status === 'failed' || status === 'cancelled') {
    throw new LadingError('JOB_NOT_READY', `The export has ${status}; there is no file.`)
  }
  if (status !== 'completed') {
    throw new LadingError('JOB_NOT_READY', `The export is ${status}; its file is there once it is completed.`)
  }
  if (file === null || file.expiresAt.getTime() <= Date.now()) throw expired()
  return file
}

function expired(): HttpFault {
  return new HttpFault('FILE_EXPIRED', 'The file is no longer kept; export it again.')
}

/** RFC 9110, 13.1.2: a list of tags, compared weakly, or `*`. */
function matches(wanted: string | undefined, etag: string): boolean {
  if (wanted === undefined) return false
  return wanted.split(',').some(tag => [etag, '*'].includes(tag.trim().replace(/^W\//, '')))
}
