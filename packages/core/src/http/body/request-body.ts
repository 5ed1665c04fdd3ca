// Request bodies: read with limits, and without closing the connection on an error.
import { finished, PassThrough, type Readable } from 'node:stream'
import { charsetsOf } from '../../engine/import/remote/content-charset.ts'
import { repeatedKey } from '../../engine/record/json-text.ts'
import { watchRate } from '../../engine/source/source-rate.ts'
import { LadingError } from '../../errors/lading-error.ts'
import { readableFrom } from '../../util/readable-from.ts'
import type { HttpLimits } from '../admission/http-limits.ts'
import { type HttpRequest, header, mediaType } from '../wire/message.ts'
import { HttpFault } from '../wire/problem.ts'
import { type Digest, readDigests, verifyDigests } from './digests.ts'
import { bodyMissing } from './read-before.ts'

/** Whether the headers announce a body (RFC 9112, 6.3). */
export function announcesBody({ headers }: Pick<HttpRequest, 'headers'>): boolean {
  const length = headers['content-length']
  return headers['transfer-encoding'] !== undefined || (length !== undefined && Number(length) > 0)
}

/**
 * The body as a stream that may be destroyed. Destroying a request closes its connection, and the response that
 * explains the error would be lost, so this stream is detached from the request, which stays open. It fails if the
 * client disconnects, sends too slowly or takes too long; time in which the stream is not read does not count towards
 * the rate. At its end it fails if the bytes do not match the digests.
 */
export function detachedBody(body: Readable, limits: HttpLimits, digests: readonly Digest[] = []): Readable {
  const tap = new PassThrough()
  // `pipe` deliberately does not forward errors; the next line handles those of the client.
  body.pipe(tap)
  finished(body, { writable: false }, error => {
    if (error) tap.destroy(uploadAborted())
  })
  tap.on('error', () => undefined)
  const { bodyBytesPerSecond: bytesPerSecond, bodyRateSeconds: seconds, bodySeconds } = limits
  const timer = setTimeout(() => tap.destroy(tooLong(bodySeconds)), bodySeconds * 1000)
  tap.once('close', () => clearTimeout(timer))
  const onSlow = () => tap.destroy(tooSlow(bytesPerSecond, seconds))
  const chunks = watchRate(tap, { bytesPerSecond, windowSeconds: seconds }, onSlow)
  const paced = readableFrom(verifyDigests(chunks, digests), () => tap.destroy())
  paced.on('error', () => undefined)
  return paced
}

/** A route's message for a body that is not JSON, and its advice for one that is too large. */
export interface JsonBodyMessages {
  /** @param start the first bytes of the body, as text */
  invalid(start: string): string
  readonly tooLarge: string
}

const explainedBytes = 4096

const utf8 = /^(?:utf-?8|(?:us-)?ascii)$/i

/** @throws HttpFault `BODY_TOO_LARGE`, `BODY_INVALID`, `BODY_TOO_SLOW`, `MEDIA_TYPE_UNSUPPORTED` */
export async function readJson(
  request: HttpRequest,
  limits: HttpLimits,
  explain: JsonBodyMessages = { invalid: () => 'The body is not valid JSON in UTF-8.', tooLarge: '' },
): Promise<unknown> {
  const { jsonBodyBytes } = limits
  const sentence = `A JSON body may have at most ${jsonBodyBytes} bytes.`
  const tooLarge = new HttpFault('BODY_TOO_LARGE', [sentence, explain.tooLarge].join(' ').trim())
  // Also if the host's parser, which may have another limit, has read it.
  if (Number(request.headers['content-length'] ?? 0) > jsonBodyBytes) throw tooLarge
  if (request.parsedBody !== undefined) {
    if (sizeOf(request.parsedBody) > jsonBodyBytes) throw tooLarge
    return request.parsedBody
  }
  if (request.body === undefined) {
    const none = new HttpFault('BODY_INVALID', 'The request has no body; send JSON.')
    throw bodyMissing(request.consumedBody, none)
  }
  const type = header(request, 'content-type')
  if (mediaType(type) !== 'application/json') {
    throw new HttpFault(
      'MEDIA_TYPE_UNSUPPORTED',
      'The body must be sent with Content-Type: application/json.',
    )
  }
  if (charsetsOf(type ?? '').some(name => !utf8.test(name))) {
    throw new HttpFault('MEDIA_TYPE_UNSUPPORTED', 'JSON must be in UTF-8; leave the charset out.')
  }
  const coding = header(request, 'content-encoding')?.trim().toLowerCase() ?? 'identity'
  if (coding !== 'identity')
    throw new HttpFault(
      'MEDIA_TYPE_UNSUPPORTED',
      'A JSON body must not be compressed; send it without a Content-Encoding.',
    )
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of detachedBody(request.body, limits, readDigests(request))) {
    size += chunk.length
    if (size > jsonBodyBytes) throw tooLarge
    chunks.push(chunk)
  }
  const bytes = Buffer.concat(chunks)
  let text: string
  let value: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    value = JSON.parse(text)
  } catch {
    throw new HttpFault('BODY_INVALID', explain.invalid(bytes.toString('utf8', 0, explainedBytes)))
  }
  // This cannot be checked for a body that the host's parser has read.
  const duplicateKey = repeatedKey(text)
  if (duplicateKey === undefined) return value
  throw new HttpFault(
    'BODY_INVALID',
    `The body has the key "${duplicateKey.slice(0, 100)}" twice; send it once.`,
  )
}

/** The size in bytes of a chunked or compressed body, without the white space that the host's parser dropped. */
function sizeOf(parsed: unknown): number {
  return Buffer.byteLength(JSON.stringify(parsed))
}

/** @throws LadingError `FILE_TOO_LARGE` before anything is read, if the Content-Length is too large */
export function checkAnnouncedSize(request: HttpRequest, maxFileBytes: number, overhead = 0): void {
  if (Number(request.headers['content-length'] ?? 0) > maxFileBytes + overhead)
    throw fileTooLarge(maxFileBytes)
}

export function fileTooLarge(maxFileBytes: number): LadingError {
  return new LadingError(
    'FILE_TOO_LARGE',
    `The file is larger than the ${maxFileBytes} bytes that are allowed.`,
  )
}

export function uploadAborted(): HttpFault {
  return new HttpFault('BODY_INVALID', 'The upload was cut off before its end; nothing was kept.')
}

function tooSlow(bytesPerSecond: number, seconds: number): HttpFault {
  return new HttpFault(
    'BODY_TOO_SLOW',
    `Less than ${bytesPerSecond} bytes a second came for ${seconds} seconds; nothing was kept, send it again.`,
  )
}

function tooLong(seconds: number): HttpFault {
  return new HttpFault(
    'BODY_TOO_SLOW',
    `The body did not come within ${seconds} seconds; nothing was kept, send it in smaller files or compressed.`,
  )
}
