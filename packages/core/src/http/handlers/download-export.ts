// GET /v1/exports/:job_id/download: the file of a completed export, or a part of it, until it expires.
import { formatByName } from '../../engine/format/formats.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { Job, JobFile } from '../../jobs/store/job.ts'
import type { ByteRange } from '../../storage/storage.ts'
import { type FileRange, matchesIfRange, readRange } from '../response/byte-range.ts'
import { attachment } from '../response/content-disposition.ts'
import { isHead, waitForFirstBytes } from '../response/download.ts'
import { header } from '../wire/message.ts'
import { HttpFault } from '../wire/problem.ts'
import { withExport } from './found-job.ts'

export const downloadExport = withExport(async (job, request, { jobs, downloads }) => {
  const file = fileOf(job)
  const etag = `"${file.sha256}"`
  // Headers that a 304 must repeat (RFC 9110, 15.4.5).
  const validators = { ETag: etag, 'Cache-Control': 'private, no-cache' }
  if (matches(header(request, 'if-none-match'), etag)) return { status: 304, headers: validators }
  const headers = {
    ...validators,
    'Content-Type': mediaTypeOf(file, job.format),
    'Content-Disposition': attachment(file.name),
    'Accept-Ranges': 'bytes',
    // RFC 9530: the digest of the whole file, even if a part is sent, so that a client can check what it assembled.
    'Repr-Digest': `sha-256=:${Buffer.from(file.sha256, 'hex').toString('base64')}:`,
    // A browser must not guess that it is HTML.
    'X-Content-Type-Options': 'nosniff',
  }
  const open = async (range?: ByteRange) => {
    const stream = await jobs.download(job.id, range)
    if (stream === undefined) throw expired()
    return waitForFirstBytes(stream, request.signal)
  }
  const length = { 'Content-Length': String(file.size) }
  // A range of a HEAD means nothing (RFC 9110, 14.2). Opening an empty range checks that the file exists.
  if (isHead(request)) {
    const empty = await open({ start: 0, end: 0 })
    empty.destroy()
    return { status: 200, headers: { ...headers, ...length } }
  }
  const range = matchesIfRange(header(request, 'if-range'), etag) ? header(request, 'range') : undefined
  const part = readRange(range, file.size)
  if (part === 'unsatisfiable') throw unsatisfiable(file)
  const bounds = part === 'whole' ? length : boundsOf(part, file)
  const status = part === 'whole' ? 200 : 206
  return downloads.withSlot(request, async () => ({
    status,
    headers: { ...headers, ...bounds },
    body: await open(part === 'whole' ? undefined : part),
  }))
})

function boundsOf({ start, end }: FileRange, { size }: JobFile): Record<string, string> {
  return { 'Content-Range': `bytes ${start}-${end - 1}/${size}`, 'Content-Length': String(end - start) }
}

function fileOf({ status, file }: Job): JobFile {
  if (status === 'failed' || status === 'cancelled') {
    const what = status === 'failed' ? 'has failed' : 'was cancelled'
    throw new LadingError('JOB_NOT_READY', `The export ${what}; there is no file.`)
  }
  if (status !== 'completed') {
    throw new LadingError(
      'JOB_NOT_READY',
      `The export is ${status}; its file is available once it is completed.`,
    )
  }
  if (file === null || file.isExpired) throw expired()
  return file
}

/** A compressed file keeps its own type, because it is sent without a Content-Encoding. */
function mediaTypeOf({ name }: JobFile, format: string): string {
  if (name.endsWith('.gz')) return 'application/gzip'
  const { mediaType } = formatByName(format)
  return format === 'csv' ? `${mediaType}; charset=utf-8` : mediaType
}

function expired(): HttpFault {
  return new HttpFault('FILE_EXPIRED', 'The file is no longer kept; export it again.')
}

function unsatisfiable({ size }: JobFile): HttpFault {
  return new HttpFault(
    'RANGE_INVALID',
    `The requested range is past the end of the file, which has ${size} bytes.`,
    {
      'Content-Range': `bytes */${size}`,
      'Accept-Ranges': 'bytes',
    },
  )
}

/** RFC 9110, 13.1.2: a list of tags, compared weakly, or `*`. */
function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  return ifNoneMatch.split(',').some(tag => [etag, '*'].includes(tag.trim().replace(/^W\//, '')))
}
