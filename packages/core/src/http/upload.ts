// An upload → an import job: a form or a raw body, streamed to the jobs and never held in memory.
import type { Static } from '@sinclair/typebox'
import { LadingError } from '../errors/lading-error.ts'
import type { Job } from '../jobs/job.ts'
import type { ByteSource } from '../source/chunks.ts'
import { checkAnnouncedSize, detached } from './body.ts'
import { limited, peek, spooled } from './chunks.ts'
import { type HttpRequest, header, mediaType } from './message.ts'
import { type FilePart, type Form, formOverhead, readForm } from './multipart.ts'
import { notYet, refuseUnbuilt } from './not-yet.ts'
import { type Pairs, queryPairs, readOptions } from './parameters.ts'
import { HttpFault } from './problem.ts'
import { importOptions } from './schemas.ts'
import type { Service } from './service.ts'
import { formatOfUpload, formatUnknown } from './upload-format.ts'

type Options = Static<typeof importOptions>

/** @throws HttpFault, LadingError; then neither a job nor a file is left */
export async function uploadRaw(request: HttpRequest, service: Service): Promise<Job> {
  const options = readImport(queryPairs(request.rawQuery), service)
  checkCoding(request)
  checkAnnouncedSize(request, service.maxFileSize)
  const resource = required(options)
  if (request.body === undefined)
    throw new HttpFault('BODY_INVALID', 'The request has no body; send the file.')
  const body = detached(request.body)
  try {
    const { start, whole } = await peek(limited(body, service.maxFileSize))
    const type = mediaType(header(request, 'content-type'))
    const format = formatOfUpload({ format: options.format, fileName: undefined, mediaType: type, start })
    if (format === undefined) throw formatUnknown()
    return await submit(request, service, { resource, format, source: whole })
  } finally {
    body.destroy()
  }
}

/** @throws HttpFault, LadingError; then neither a job nor a file is left */
export async function uploadForm(request: HttpRequest, service: Service): Promise<Job> {
  const query = queryPairs(request.rawQuery)
  readImport(query, service)
  checkCoding(request)
  checkAnnouncedSize(request, service.maxFileSize, formOverhead)
  if (request.body === undefined)
    throw new HttpFault('BODY_INVALID', 'The form is empty; send file and resource.')
  const form = readForm(request.body, header(request, 'content-type') ?? '', service.maxFileSize)
  try {
    const part = await form.file
    const options = readImport([...query, ...form.fields], service)
    if (part === undefined) throw new HttpFault('BODY_INVALID', 'The form has no file; send it as "file".')
    return await submitForm(request, service, { query, form, part, options })
  } catch (error) {
    // What broke the form is the reason, whatever its reader made of it.
    throw form.failure() ?? error
  } finally {
    form.giveUp()
  }
}

interface OpenForm {
  readonly query: Pairs
  readonly form: Form
  readonly part: FilePart
  /** Those that came before the file. */
  readonly options: Options
}

/**
 * The parts of a form come in any order. If what came before the file says where it belongs, the file goes straight
 * to the jobs. Otherwise it has to be kept until the rest has come, in a temporary file: a stream cannot wait for
 * what lies behind it, and memory is no place for files.
 */
async function submitForm(request: HttpRequest, service: Service, open: OpenForm): Promise<Job> {
  const { query, form, part, options } = open
  const { fileName, mediaType: type } = part
  const allOptions = () => readImport([...query, ...form.fields], service)
  const { start, whole } = await peek(wholeFile(form, part))
  const formatBy = (format: string | undefined) =>
    formatOfUpload({ format, fileName, mediaType: type, start })
  const early = formatBy(options.format)

  if (options.resource !== undefined && early !== undefined) {
    const source = thenCheck(whole, () => {
      if (formatBy(allOptions().format) !== early) {
        throw new LadingError(
          'OPTION_INVALID',
          'Send the field "format" before the file: its name tells another one.',
        )
      }
    })
    return submit(request, service, { resource: options.resource, format: early, source })
  }
  return spooled(whole, request.signal, async file => {
    const late = allOptions()
    const resource = required(late)
    const format = formatBy(late.format)
    if (format === undefined) throw formatUnknown()
    return submit(request, service, { resource, format, source: file() })
  })
}

/** The file ends when the whole form has come: a form that is cut off behind its file must not become a job. */
async function* wholeFile(form: Form, part: FilePart): AsyncGenerator<Buffer> {
  yield* part.stream
  await form.ended
}

/** What comes behind the file may still refuse it; the source then breaks, and no job is made. */
async function* thenCheck(chunks: AsyncIterable<Buffer>, check: () => void): AsyncGenerator<Buffer> {
  yield* chunks
  check()
}

function submit(
  request: HttpRequest,
  { jobs, maxFileSize }: Service,
  what: { readonly resource: string; readonly format: string; readonly source: ByteSource },
): Promise<Job> {
  return jobs.submitImport({ ...what, maxBytes: maxFileSize, signal: request.signal })
}

function readImport(pairs: Pairs, { registry }: Service): Options {
  const options = readOptions(importOptions, pairs)
  refuseUnbuilt(options)
  if (options.resource !== undefined) registry.get(options.resource)
  return options
}

function required({ resource }: Options): string {
  if (resource === undefined) throw new LadingError('OPTION_INVALID', 'The option "resource" is missing.')
  return resource
}

function checkCoding(request: HttpRequest): void {
  const coding = header(request, 'content-encoding')?.trim().toLowerCase() ?? 'identity'
  if (coding === 'gzip') throw notYet('A request body with Content-Encoding: gzip')
  if (coding !== 'identity') {
    throw new HttpFault(
      'MEDIA_TYPE_UNSUPPORTED',
      'The body is encoded in a way that is not known here; send it plain.',
    )
  }
}
