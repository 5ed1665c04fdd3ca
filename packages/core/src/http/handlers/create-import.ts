// POST /v1/imports: a file as a form, as a raw body, or by its address.
import { mediaTypesOfFiles } from '../../format/detect.ts'
import { readJson } from '../body.ts'
import { settingsOf } from '../import-settings.ts'
import { header, json, mediaType } from '../message.ts'
import { laterOfImports, notYet, refuseIdempotencyKey, refuseUnbuilt } from '../not-yet.ts'
import { readBody } from '../parameters.ts'
import { HttpFault } from '../problem.ts'
import { importFromUrl } from '../schemas.ts'
import type { Handler } from '../service.ts'
import { refuseWhileDraining } from '../submission.ts'
import { uploadForm, uploadRaw } from '../upload.ts'
import { acceptedJob, selfLink } from '../wire.ts'

/** As the body itself; a body of JSON tells where the file is. */
const uploadMediaTypes = mediaTypesOfFiles.filter(type => type !== 'application/json')

export const createImport: Handler = async (request, service) => {
  refuseWhileDraining(service)
  refuseIdempotencyKey(request.headers)
  const job = await way(mediaType(header(request, 'content-type')))(request, service)
  return json(202, acceptedJob(job, request.mount), { Location: selfLink(job, request.mount) })
}

function way(type: string | undefined): typeof uploadForm {
  if (type === 'multipart/form-data') return uploadForm
  if (type === 'application/json') return fromUrl
  if (type !== undefined && uploadMediaTypes.includes(type)) return uploadRaw
  throw new HttpFault(
    'MEDIA_TYPE_UNSUPPORTED',
    `Send the file as multipart/form-data, or as the body with one of the content types ${uploadMediaTypes.join(', ')}.`,
  )
}

const fromUrl: typeof uploadForm = async (request, { registry }) => {
  const { file_url: _url, mapping: _mapping, ...options } = readBody(importFromUrl, await readJson(request))
  registry.get(options.resource)
  refuseUnbuilt(options, laterOfImports)
  settingsOf(options)
  throw notYet('Importing from a file_url')
}
