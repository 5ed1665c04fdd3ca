// A request on its way through a host → what is left of its body, if something before the service has read it.
import { Readable } from 'node:stream'
import { isGzip } from '../../engine/format/detect/magic.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { HttpInput, ReadBefore } from '../wire/message.ts'

/** What parsers leave with a request. */
export interface HostTraces {
  /** `request.body`. */
  readonly body?: unknown
  /** `request.file` and `request.files`, where parsers of forms leave what they have taken out. */
  readonly file?: unknown
  readonly files?: unknown
}

export type RemainingBody = Pick<HttpInput, 'body' | 'parsedBody' | 'readBefore'>

/**
 * To be called when the host hands the request over, before anything is awaited: somebody who only listens to the
 * stream takes nothing from it then.
 *
 * @param stream the request, or what a hook of the host has put in its place
 */
export function remainingBody(stream: Readable, host: HostTraces): RemainingBody {
  if (!wasRead(stream)) {
    // Chunks that come while the caller is asked for would be gone.
    if (stream.readableFlowing === true) stream.pause()
    return { body: stream }
  }
  const { body } = host
  if (body instanceof Uint8Array) return bytesLeft(Buffer.from(body.buffer, body.byteOffset, body.byteLength))
  if (typeof body === 'string' && !body.includes('\ufffd')) {
    return { body: inOnePiece(Buffer.from(body)), readBefore: { by: 'a text parser', left: 'text' } }
  }
  const by = typeof body === 'string' ? 'a text parser, such as express.text' : readerOf(host)
  return {
    body: undefined,
    ...(body !== undefined && typeof body !== 'string' && { parsedBody: body }),
    readBefore: { by, left: 'nothing' },
  }
}

/** Also where it goes on being read: what has come is missing. One whose client has gone before that was not read. */
export function wasRead(stream: Readable): boolean {
  return stream.readableDidRead || stream.readableEnded
}

/** @throws nothing: returns why a request has no body, which is its own fault or that of the host */
export function bodyMissing(readBefore: ReadBefore | undefined, otherwise: Error): Error {
  if (readBefore === undefined) return otherwise
  return new LadingError(
    'CONFIG_INVALID',
    `The body of the request was read before Lading's handler, by ${readBefore.by}. Mount Lading before that middleware, or keep the middleware from the routes of Lading.`,
  )
}

/** Parsers inflate what came compressed, and leave the header as it was. */
function bytesLeft(bytes: Buffer): RemainingBody {
  return {
    body: inOnePiece(bytes),
    readBefore: { by: 'a parser of bytes', left: isGzip(bytes) ? 'bytes' : 'inflated bytes' },
  }
}

function inOnePiece(bytes: Buffer): Readable {
  return Readable.from([bytes], { objectMode: false })
}

/** By what it leaves with the request. */
function readerOf({ body, file, files }: HostTraces): string {
  const taken = [file, ...(isObject(files) ? Object.values(files).flat() : [])].filter(isObject)
  if (taken.some(one => 'fieldname' in one && 'originalname' in one)) return 'multer, a parser of forms'
  if (taken.some(one => typeof one.mv === 'function')) return 'express-fileupload, a parser of forms'
  if (taken.some(one => 'filepath' in one || 'newFilename' in one)) return 'formidable, a parser of forms'
  if (taken.length > 0) return 'a parser of forms'
  if (Array.isArray(body)) return 'a JSON parser, such as express.json'
  // multer makes it without a prototype.
  if (isObject(body) && Object.getPrototypeOf(body) === null) return 'a parser of forms, such as multer'
  if (isObject(body)) return 'a body parser, such as express.json, express.urlencoded or a parser of forms'
  return 'middleware that kept nothing of it'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
