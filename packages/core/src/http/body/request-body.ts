// Bodies of requests: read without endangering the connection, limited, and thrown away politely.
import { finished, PassThrough, Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { LadingError } from '../../errors/lading-error.ts'
import { watchRate } from '../../source/rate.ts'
import { readableFrom } from '../../util/readable-from.ts'
import type { HttpLimits } from '../admission/limits.ts'
import { type HttpRequest, header, mediaType } from '../wire/message.ts'
import { HttpFault } from '../wire/problem.ts'

/** Milliseconds for which the rest of a refused body is read and thrown away. */
const discardMs = 5_000

/** Whether the headers announce a body (RFC 9112, 6.3). */
export function announcesBody({ headers }: Pick<HttpRequest, 'headers'>): boolean {
  const length = headers['content-length']
  return headers['transfer-encoding'] !== undefined || (length !== undefined && Number(length) > 0)
}

/**
 * The body as a stream that may be destroyed. Destroying a request closes its connection, and the answer that
 * says why would be lost; so this stream is cut off from the request, which stays open. It breaks when the client
 * goes away, and when it sends too slowly or for too long: its rate is not judged by time in which nobody reads.
 */
export function detached(body: Readable, limits: HttpLimits): Readable {
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
  const paced = readableFrom(watchRate(tap, { bytesPerSecond, seconds }, onSlow), () => tap.destroy())
  paced.on('error', () => undefined)
  return paced
}

/** @throws HttpFault `BODY_TOO_LARGE`, `BODY_INVALID`, `BODY_TOO_SLOW`, `MEDIA_TYPE_UNSUPPORTED` */
export async function readJson(request: HttpRequest, limits: HttpLimits): Promise<unknown> {
  const { jsonBodyBytes } = limits
  const tooLarge = new HttpFault('BODY_TOO_LARGE', `A JSON body may have at most ${jsonBodyBytes} bytes.`)
  // Also where the host's parser, whose limit may be another, has read it.
  if (Number(request.headers['content-length'] ?? 0) > jsonBodyBytes) throw tooLarge
  if (request.parsedBody !== undefined) {
    if (sizeOf(request.parsedBody) > jsonBodyBytes) throw tooLarge
    return request.parsedBody
  }
  if (request.body === undefined) throw new HttpFault('BODY_INVALID', 'The request has no body; send JSON.')
  const type = header(request, 'content-type')
  if (mediaType(type) !== 'application/json') {
    throw new HttpFault(
      'MEDIA_TYPE_UNSUPPORTED',
      'The body must be sent with Content-Type: application/json.',
    )
  }
  const coding = header(request, 'content-encoding')?.trim().toLowerCase() ?? 'identity'
  if (coding !== 'identity')
    throw new HttpFault('MEDIA_TYPE_UNSUPPORTED', 'JSON is sent plain, without a coding.')
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of detached(request.body, limits)) {
    size += chunk.length
    if (size > jsonBodyBytes) throw tooLarge
    chunks.push(chunk)
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)))
  } catch {
    throw new HttpFault('BODY_INVALID', 'The body is not valid JSON in UTF-8.')
  }
}

/** Bytes of what came in chunks or packed, but for the white space that the host's parser has not kept. */
function sizeOf(parsed: unknown): number {
  return Buffer.byteLength(JSON.stringify(parsed))
}

/** @throws LadingError `FILE_TOO_LARGE`, before anything is read, if the client itself says so. */
export function checkAnnouncedSize(request: HttpRequest, maxFileSize: number, overhead = 0): void {
  if (Number(request.headers['content-length'] ?? 0) > maxFileSize + overhead) throw fileTooLarge(maxFileSize)
}

export function fileTooLarge(maxFileSize: number): LadingError {
  return new LadingError(
    'FILE_TOO_LARGE',
    `The file is larger than the ${maxFileSize} bytes that are allowed.`,
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

/**
 * The answer to a request whose body was not read to its end: the answer is sent, and the connection is closed
 * only when the body has been thrown away or five seconds have passed. Closing at once would make the kernel send
 * a reset, which can overtake the answer (RFC 9112, 9.6).
 */
export function lingering(answer: string, unread: Readable): Readable {
  async function* chunks(): AsyncGenerator<Buffer> {
    yield Buffer.from(answer)
    await discarded(unread)
  }
  return Readable.from(chunks(), { objectMode: false })
}

async function discarded(body: Readable): Promise<void> {
  const timer = new AbortController()
  const ended = new Promise<void>(resolve => finished(body, { writable: false }, () => resolve()))
  body.resume()
  await Promise.race([ended, delay(discardMs, undefined, { signal: timer.signal }).catch(() => undefined)])
  timer.abort()
}
