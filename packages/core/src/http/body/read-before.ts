// A request from a host → what remains of its body, if earlier middleware has read it.
import { Readable } from 'node:stream'
import { isGzip } from '../../engine/format/detect/magic.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { ConsumedBody, HttpInput } from '../wire/message.ts'

/** What the host's body parsers add to a request. */
export interface ParserOutput {
  /** `request.body`. */
  readonly body?: unknown
  /** `request.file` and `request.files`, where form parsers put the files. */
  readonly file?: unknown
  readonly files?: unknown
}

export type RemainingBody = Pick<HttpInput, 'body' | 'parsedBody' | 'consumedBody'>

/**
 * The remaining body. Call it when the host hands the request over, before awaiting anything: until then, a listener
 * has not taken any data from the stream.
 *
 * @param stream the request, or the stream with which a hook of the host has replaced it
 */
export function remainingBody(stream: Readable, host: ParserOutput): RemainingBody {
  if (!wasRead(stream)) {
    // Chunks that arrive while the caller is authorized would be lost.
    if (stream.readableFlowing === true) stream.pause()
    return { body: stream }
  }
  const { body } = host
  if (body instanceof Uint8Array) return bytesLeft(Buffer.from(body.buffer, body.byteOffset, body.byteLength))
  if (typeof body === 'string' && !body.includes('\ufffd')) {
    return { body: inOnePiece(Buffer.from(body)), consumedBody: { by: 'a text parser', remaining: 'text' } }
  }
  const by = typeof body === 'string' ? 'a text parser, such as express.text' : readerOf(host)
  return {
    body: undefined,
    ...(body !== undefined && typeof body !== 'string' && { parsedBody: body }),
    consumedBody: { by, remaining: 'nothing' },
  }
}

/** Whether any of the stream was read. A request whose client disconnected before that counts as not read. */
export function wasRead(stream: Readable): boolean {
  return stream.readableDidRead || stream.readableEnded
}

/** The error for a request without a body: the host's if its middleware has read it, else `otherwise`. Never throws. */
export function bodyMissing(readBefore: ConsumedBody | undefined, otherwise: Error): Error {
  if (readBefore === undefined) return otherwise
  return new LadingError(
    'CONFIG_INVALID',
    `The body of the request was read before Lading's handler, by ${readBefore.by}. Mount Lading before that middleware, or keep the middleware from the routes of Lading.`,
  )
}

/** Parsers inflate a compressed body, and leave the header unchanged. */
function bytesLeft(bytes: Buffer): RemainingBody {
  return {
    body: inOnePiece(bytes),
    consumedBody: { by: 'a parser of bytes', remaining: isGzip(bytes) ? 'bytes' : 'inflated bytes' },
  }
}

function inOnePiece(bytes: Buffer): Readable {
  return Readable.from([bytes], { objectMode: false })
}

/** Recognises the middleware by what it added to the request. */
function readerOf({ body, file, files }: ParserOutput): string {
  const uploads = [file, ...(isObject(files) ? Object.values(files).flat() : [])].filter(isObject)
  if (uploads.some(upload => 'fieldname' in upload && 'originalname' in upload))
    return 'multer, a parser of forms'
  if (uploads.some(upload => typeof upload.mv === 'function')) return 'express-fileupload, a parser of forms'
  if (uploads.some(upload => 'filepath' in upload || 'newFilename' in upload))
    return 'formidable, a parser of forms'
  if (uploads.length > 0) return 'a parser of forms'
  if (Array.isArray(body)) return 'a JSON parser, such as express.json'
  // multer creates it without a prototype.
  if (isObject(body) && Object.getPrototypeOf(body) === null) return 'a parser of forms, such as multer'
  if (isObject(body)) return 'a body parser, such as express.json, express.urlencoded or a parser of forms'
  return 'middleware that kept nothing of it'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
