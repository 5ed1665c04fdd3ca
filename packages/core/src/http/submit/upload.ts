// An upload (a form or a raw body) → an import job. The file is streamed and never held in memory.
import { bundleFormat, isBundle } from '../../engine/format/bundle/is-bundle.ts'
import { bareMediaType, type DetectedFormat, gzipMediaTypes } from '../../engine/format/detect/detect.ts'
import type { ImportOptions } from '../../engine/import/import-options.ts'
import type { ByteSource } from '../../engine/source/chunks.ts'
import { peek } from '../../engine/source/peek.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { Job } from '../../jobs/store/job.ts'
import type { KeyClaim } from '../../jobs/submit/claim-key.ts'
import type { BundleJobs, ImportNotes } from '../../jobs/submit/submit-options.ts'
import { readDigests } from '../body/digests.ts'
import { type FilePart, formOverhead, type MultipartForm, readForm } from '../body/multipart.ts'
import { bodyMissing } from '../body/read-before.ts'
import { checkAnnouncedSize, detachedBody } from '../body/request-body.ts'
import { limitBytes, withSpooledFile } from '../body/spooled-chunks.ts'
import type { Service } from '../http-service.ts'
import { type HttpRequest, header, mediaType } from '../wire/message.ts'
import { type Pairs, queryPairs, readOptions } from '../wire/parameters.ts'
import { HttpFault } from '../wire/problem.ts'
import { importOptions } from '../wire/schemas.ts'
import { assertSameRequest, assertSameUpload, type Submit } from './idempotency-key.ts'
import { type ImportFields, importOptionsOf } from './import-fields.ts'
import { formatOf, formatUnknown, importOptionsWith, type SentFile } from './sent-file.ts'
import { submitBundle } from './upload-bundle.ts'

/** The file is the body itself. */
export const uploadRaw: Submit = async (request, service, claim) => {
  const options = readImport(queryPairs(request.rawQuery), service)
  const coding = codingOf(request)
  checkAnnouncedSize(request, service.maxFileBytes)
  if (!mayBeBundle(request, options, coding)) required(options)
  await permitNamed(request, options)
  assertSameUpload(claim, options, request)
  const digests = readDigests(request)
  if (request.body === undefined) throw noBody(request, 'The request has no body; send the file.')
  const body = detachedBody(request.body, service.limits, digests)
  try {
    const { start, whole } = await peek(limitBytes(body, service.maxFileBytes))
    // Not a name from the client: it only marks the body as compressed.
    const fileName = coding === 'gzip' ? '.gz' : undefined
    const file = { fileName, contentType: contentTypeOf(request), start }
    if (isBundle({ format: options.format, fileName, start })) {
      return await submitBundle(request, service, { source: whole, options, claim })
    }
    const resource = required(options)
    const found = formatOf(file, options.format)
    if (found === undefined) throw formatUnknown(file)
    const { format, compression } = found
    const jobOptions = { ...importOptionsWith(options, found), ...asText(request) }
    const upload = { ...jobOptions, format, compression, resource, source: whole }
    return await submit(request, service, upload, claim)
  } finally {
    body.destroy()
  }
}

/** Whether the headers allow a bundle. If not, a missing resource is reported before the body is read. */
function mayBeBundle(request: HttpRequest, { format }: ImportFields, coding: string): boolean {
  const type = mediaType(header(request, 'content-type')) ?? ''
  return format === bundleFormat || (format === undefined && (coding === 'gzip' || gzipMediaTypes.has(type)))
}

/** The file is a part of a form. */
export const uploadForm: Submit = async (request, service, claim) => {
  const query = queryPairs(request.rawQuery)
  assertSameRequest(claim, readImport(query, service))
  if (codingOf(request) !== 'identity')
    throw codingUnknown('A form must not be compressed; compress the file in it.')
  checkAnnouncedSize(request, service.maxFileBytes, formOverhead(service.limits))
  if (request.body === undefined) throw noBody(request, 'The form is empty; send file and resource.')
  const { maxFileBytes, limits } = service
  const digests = readDigests(request)
  const form = readForm(request.body, header(request, 'content-type') ?? '', {
    maxFileBytes,
    limits,
    digests,
  })
  try {
    const part = await form.file
    const options = readImport([...query, ...form.fields], service)
    await permitNamed(request, options)
    assertSameRequest(claim, options)
    if (part === undefined) throw new HttpFault('BODY_INVALID', 'The form has no file; send it as "file".')
    return await submitForm(request, service, { query, form, part, options, claim })
  } catch (error) {
    // The form's own error is the cause of whatever its reader reports.
    throw form.failure() ?? error
  } finally {
    form.cancel()
  }
}

interface OpenForm {
  readonly query: Pairs
  readonly form: MultipartForm
  readonly part: FilePart
  /** The options that came before the file. */
  readonly options: ImportFields
  readonly claim: KeyClaim | undefined
}

/**
 * The parts of a form come in any order. If the fields before the file have its resource and format, the file is
 * streamed straight into a job. Otherwise it is spooled to a temporary file until the other fields have come.
 */
async function submitForm(request: HttpRequest, service: Service, open: OpenForm): Promise<Job | BundleJobs> {
  const { query, form, part, options, claim } = open
  const { fileName, contentType } = part
  const allOptions = () => readImport([...query, ...form.fields], service)
  const { start, whole } = await peek(wholeFile(form, part))
  const file: SentFile = { fileName, contentType, start }
  const isABundle = (format: string | undefined) => isBundle({ format, fileName, start })
  if (isABundle(options.format)) {
    const laterOptions = () => {
      const all = allOptions()
      if (isABundle(all.format)) return all
      throw formatTooLate()
    }
    return submitBundle(request, service, { source: whole, options, laterOptions, claim })
  }
  const early = formatOf(file, options.format)

  if (options.resource !== undefined && early !== undefined) {
    const lateOptions = () => {
      const all = allOptions()
      const late = formatOf(file, all.format)
      if (late?.format === early.format) return importOptionsWith(all, late)
      throw formatTooLate()
    }
    // The charset of the file counts only if no field after it sets an encoding.
    const jobOptions = importOptionsOf(options, start)
    const { resource } = options
    const { format, compression } = early
    const upload = { ...jobOptions, format, compression, resource, source: whole, lateOptions }
    return submit(request, service, upload, claim)
  }
  return withSpooledFile(whole, request.signal, async openFile => {
    const late = allOptions()
    await permitNamed(request, late)
    if (isABundle(late.format)) {
      return submitBundle(request, service, { source: openFile(), options: late, claim })
    }
    const resource = required(late)
    const found = formatOf(file, late.format)
    if (found === undefined) throw formatUnknown(file)
    const { format, compression } = found
    const upload = { ...importOptionsWith(late, found), format, compression, resource, source: openFile() }
    return submit(request, service, upload, claim)
  })
}

/** Ends only when the whole form has arrived: a form that is truncated after its file must not become a job. */
async function* wholeFile(form: MultipartForm, part: FilePart): AsyncGenerator<Buffer> {
  yield* part.stream
  await form.ended
}

interface Upload extends ImportOptions, ImportNotes, Pick<DetectedFormat, 'format'> {
  readonly resource: string
  readonly source: ByteSource
  readonly lateOptions?: () => ImportOptions & ImportNotes
}

/** Authorizes the named resource before the file is read any further. @throws HttpFault `ACCESS_DENIED` */
async function permitNamed({ access }: HttpRequest, { resource }: ImportFields): Promise<void> {
  if (resource !== undefined) await access.permit(resource)
}

function submit(
  { signal, access }: HttpRequest,
  { jobs, maxFileBytes }: Service,
  upload: Upload,
  idempotencyKey: KeyClaim | undefined,
): Promise<Job> {
  const { caller } = access
  const maySee = (resource: string) => access.maySee('import', [resource])
  return jobs.submitImport({ ...upload, maxBytes: maxFileBytes, caller, maySee, signal, idempotencyKey })
}

function readImport(pairs: Pairs, { registry }: Service): ImportFields {
  const options = readOptions(importOptions, pairs)
  const { encoding: _readWithTheFile, ...early } = options
  importOptionsOf(early)
  if (options.resource !== undefined) registry.get(options.resource)
  return options
}

function required({ resource }: ImportFields): string {
  if (resource === undefined) throw new LadingError('OPTION_INVALID', 'The option "resource" is missing.')
  return resource
}

function formatTooLate(): LadingError {
  return new LadingError(
    'OPTION_INVALID',
    'The field "format" differs from the format detected for the file; send it before the file.',
  )
}

function noBody({ consumedBody }: HttpRequest, sentence: string): Error {
  return bodyMissing(consumedBody, new HttpFault('BODY_INVALID', sentence))
}

/** A body that a text parser has decoded is no longer in its original charset, so UTF-8 wins over any option. */
function asText({ consumedBody }: HttpRequest): Pick<ImportOptions, 'encoding'> {
  return consumedBody?.remaining === 'text' ? { encoding: 'utf-8' } : {}
}

function contentTypeOf(request: HttpRequest): string {
  const type = header(request, 'content-type') ?? ''
  return request.consumedBody?.remaining === 'text' ? bareMediaType(type) : type
}

/** The content coding of the body (RFC 9110, 8.4). @throws HttpFault `MEDIA_TYPE_UNSUPPORTED` */
function codingOf(request: HttpRequest): 'identity' | 'gzip' {
  const { remaining } = request.consumedBody ?? {}
  if (remaining === 'inflated bytes' || remaining === 'text') return 'identity'
  const coding = header(request, 'content-encoding')?.trim().toLowerCase() ?? 'identity'
  if (coding === 'identity') return coding
  if (coding === 'gzip' || coding === 'x-gzip') return 'gzip'
  throw codingUnknown(
    'The Content-Encoding is not supported; send the body uncompressed, or compressed once with gzip.',
  )
}

function codingUnknown(message: string): HttpFault {
  return new HttpFault('MEDIA_TYPE_UNSUPPORTED', message)
}
