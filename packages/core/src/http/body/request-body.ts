// Bodies of requests: read without endangering the connection, and limited.
import { finished, PassThrough, type Readable } from 'node:stream'
import { charsetsOf } from '../../engine/import/remote/content-charset.ts'
import { repeatedKey } from '../../engine/record/json-text.ts'
import { watchRate } from '../../engine/source/source-rate.ts'
import { LadingError } from '../../errors/lading-error.ts'
import { readableFrom } from '../../util/readable-from.ts'
import type { HttpLimits } from '../admission/limits.ts'
import { type HttpRequest, header, mediaType } from '../wire/message.ts'
import { HttpFault } from '../wire/problem.ts'
import { compared, type Digest, readDigests } from './digests.ts'
import { bodyMissing } from './read-before.ts'

/** Whether the headers announce a body (RFC 9112, 6.3). */
export function announcesBody({ headers }: Pick<HttpRequest, 'headers'>): boolean {
  const length = headers['content-length']
  return headers['transfer-encoding'] !== undefined || (length !== undefined && Number(length) > 0)
}

/**
 * The body as a stream that may be destroyed. Destroying a request closes its connection, and the answer that
 * says why would be lost; so this stream is cut off from the request, which stays open. It breaks when the client
 * goes away, and when it sends too slowly or for too long: its rate is not judged by time in which nobody reads. At
 * its end it fails if it is not the body of these digests.
 */
export function detached(body: Readable, limits: HttpLimits, digests: readonly Digest[] = []): Readable {
  const tap = new PassThrough()
  // Errors do not pass through `pipe`, which is the point of it here; the next line sees to those of the client.
  body.pipe(tap)
  finished(body, { writable: false }, error => {
    if (error) tap.destroy(brokenOff())
  })
  tap.on('error', () => undefined)
  const { bodyBytesPerSecond: bytesPerSecond, bodyRateSeconds: seconds, bodySeconds } = limits
  const late = setTimeout(() => tap.destroy(tooLong(bodySeconds)), bodySeconds * 1000)
  tap.once('close', () => clearTimeout(late))
  const onSlow = () => tap.destroy(tooSlow(bytesPerSecond, seconds))
  const chunks = watchRate(tap, { bytesPerSecond, seconds }, onSlow)
  const paced = readableFrom(compared(chunks, digests), () => tap.destroy())
  paced.on('error', () => undefined)
  return paced
}

/** What a route says of a body that is no JSON, and in addition of one that is too large. */
export interface Explain {
  /** @param start of the body */
  invalid(start: string): string
  readonly tooLarge: string
}

const explainedBytes = 4096

const utf8 = /^(?:utf-?8|(?:us-)?ascii)$/i

/** @throws HttpFault `BODY_TOO_LARGE`, `BODY_INVALID`, `BODY_TOO_SLOW`, `MEDIA_TYPE_UNSUPPORTED` */
export async function readJson(
  request: HttpRequest,
  limits: HttpLimits,
  explain: Explain = { invalid: () => 'The body is not valid JSON in UTF-8.', tooLarge: '' },
): Promise<unknown> {
  const { jsonBodyBytes } = limits
  const sentence = `A JSON body may have at most ${jsonBodyBytes} bytes.`
  const tooLarge = new HttpFault('BODY_TOO_LARGE', [sentence, explain.tooLarge].join(' ').trim())
  // Also where the host's parser, whose limit may be another, has read it.
  if (Number(request.headers['content-length'] ?? 0) > jsonBodyBytes) throw tooLarge
  if (request.parsedBody !== undefined) {
    if (sizeOf(request.parsedBody) > jsonBodyBytes) throw tooLarge
    return request.parsedBody
  }
  if (request.body === undefined) {
    const none = new HttpFault('BODY_INVALID', 'The request has no body; send JSON.')
    throw bodyMissing(request.readBefore, none)
  }
  const type = header(request, 'content-type')
  if (mediaType(type) !== 'application/json') {
    throw new HttpFault(
      'MEDIA_TYPE_UNSUPPORTED',
      'The body must be sent with Content-Type: application/json.',
    )
  }
  if (charsetsOf(type ?? '').some(name => !utf8.test(name))) {
    throw new HttpFault('MEDIA_TYPE_UNSUPPORTED', 'JSON is sent in UTF-8; leave the charset out.')
  }
  const coding = header(request, 'content-encoding')?.trim().toLowerCase() ?? 'identity'
  if (coding !== 'identity')
    throw new HttpFault('MEDIA_TYPE_UNSUPPORTED', 'JSON is sent plain, without a coding.')
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of detached(request.body, limits, readDigests(request))) {
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
  // Of a body that the host's parser has read, nobody can tell any more.
  const twice = repeatedKey(text)
  if (twice === undefined) return value
  throw new HttpFault('BODY_INVALID', `The body has the key "${twice.slice(0, 100)}" twice; send it once.`)
}

/** Bytes of what came in chunks or packed, but for the white space that the host's parser has not kept. */
function sizeOf(parsed: unknown): number {
  return Buffer.byteLength(JSON.stringify(parsed))
}

/** @throws LadingError `FILE_TOO_LARGE`, before anything is read, if the client itself says so. */
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

export function brokenOff(): HttpFault {
  return new HttpFault('BODY_INVALID', 'The upload broke off before its end; nothing of it was kept.')
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
