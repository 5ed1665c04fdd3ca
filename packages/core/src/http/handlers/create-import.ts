// POST /v1/imports: imports a file that is sent as a form, as a raw body, or by its URL.
import type { Static } from '@sinclair/typebox'
import { fileMediaTypes } from '../../engine/format/detect/detect.ts'
import { foreignByType, unsupportedFileMessage } from '../../engine/format/detect/foreign.ts'
import { readJson } from '../body/request-body.ts'
import type { Handler } from '../http-service.ts'
import { type Submit, submitOnce } from '../submit/idempotency-key.ts'
import { importOptionsOf } from '../submit/import-fields.ts'
import { expectFileUrl, explainText, howToSend, urlEncoded, withAdvice } from '../submit/misplaced-file.ts'
import { checkCapacity, refuseWhileDraining } from '../submit/refuse-while-draining.ts'
import { uploadForm, uploadRaw } from '../submit/upload.ts'
import { type HttpRequest, header, mediaType } from '../wire/message.ts'
import { readBody } from '../wire/parameters.ts'
import { HttpFault } from '../wire/problem.ts'
import { importFromUrl } from '../wire/schemas.ts'

/** Types of a file that is the body itself; a JSON body has the URL of the file. */
const uploadMediaTypes = fileMediaTypes.filter(type => type !== 'application/json')

export const createImport: Handler = (request, service) => {
  refuseWhileDraining(service)
  return service.uploads.withSlot(request, () => submitOnce('import', submitUpload, request, service))
}

const submitUpload: Submit = async (request, service, claim) => {
  const upload = uploadBy(mediaType(header(request, 'content-type')), request)
  // A replayed request needs no further capacity.
  if (claim?.isReplay !== true) await checkCapacity(request, service)
  return upload(request, service, claim)
}

function uploadBy(type: string | undefined, request: HttpRequest): Submit {
  if (type === 'multipart/form-data') return uploadForm
  if (type === 'application/json') return fromUrl
  if (type !== undefined && uploadMediaTypes.includes(type)) return uploadRaw
  if (type === 'application/x-www-form-urlencoded') throw urlEncoded(request)
  throw new HttpFault(
    'MEDIA_TYPE_UNSUPPORTED',
    `${describeForeign(type)}Send the file as multipart/form-data, or as the body with one of the content types ${uploadMediaTypes.join(', ')}.`,
  )
}

function describeForeign(type = ''): string {
  const kind = foreignByType(type)
  return kind === undefined ? '' : `By its content type, ${lowerFirst(unsupportedFileMessage(kind))} `
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1)
}

function readFromUrl(body: unknown, request: HttpRequest): Static<typeof importFromUrl> {
  try {
    return readBody(importFromUrl, body)
  } catch (error) {
    throw withAdvice(error, body, request)
  }
}

const fromUrl: Submit = async (request, service, idempotencyKey) => {
  const { jobs, limits, maxFileBytes, registry } = service
  const body = await readJson(request, limits, {
    invalid: start => explainText(start, request),
    tooLarge: howToSend(request, 'json', undefined),
  })
  expectFileUrl(body, request)
  const { file_url: url, resource, format, metadata, ...options } = readFromUrl(body, request)
  await request.access.permit(registry.get(resource).name)
  return jobs.submitRemoteImport({
    ...importOptionsOf(options),
    metadata,
    resource,
    format,
    url,
    maxBytes: maxFileBytes,
    caller: request.access.caller,
    maySee: resource => request.access.maySee('import', [resource]),
    idempotencyKey,
  })
}
