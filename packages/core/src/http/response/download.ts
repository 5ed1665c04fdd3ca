// File responses: the stream is opened before the headers are sent, and the file name is safe on every system.
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { formatByName } from '../../engine/format/formats.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { HttpRequest, HttpResponse } from '../wire/message.ts'

/**
 * Waits for the first bytes, so that an early failure gets a status of its own instead of a broken connection.
 *
 * @throws the error of the stream; LadingError `CANCELLED` if the client leaves first, which is no fault of the service
 */
export async function waitForFirstBytes(stream: Readable, signal: AbortSignal): Promise<Readable> {
  try {
    // Also emitted at the end of an empty stream; an error rejects.
    if (!stream.readableEnded) await once(stream, 'readable', { signal })
    return stream
  } catch (error) {
    stream.destroy()
    if (!signal.aborted) throw error
    throw new LadingError('CANCELLED', 'The client closed the connection.', { cause: error })
  }
}

export interface FileResponseOptions {
  readonly name: string
  readonly format: string
  /** The compression of the file itself, not of the transfer. @defaultValue `'none'` */
  readonly compression?: 'none' | 'gzip' | undefined
  readonly headers?: Readonly<Record<string, string>>
}

export function fileResponse(body: Readable | undefined, facts: FileResponseOptions): HttpResponse {
  const { name, format, compression, headers } = facts
  const { mediaType, extensions } = formatByName(format)
  const isGzip = compression === 'gzip'
  const type = format === 'csv' ? `${mediaType}; charset=utf-8` : mediaType
  const extension = `${extensions[0] ?? `.${format}`}${isGzip ? '.gz' : ''}`
  return {
    status: 200,
    headers: {
      // Without a Content-Encoding: a client would decompress it and save a `.gz` file that is not gzip.
      'Content-Type': isGzip ? 'application/gzip' : type,
      'Content-Disposition': `attachment; filename="${safe(name)}${extension}"`,
      // A browser must not guess that it is HTML.
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
      ...headers,
    },
    body,
  }
}

/** The application chooses resource names, which become part of a header and of a file name. */
function safe(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]+/g, '-')
}

export function isHead({ method }: Pick<HttpRequest, 'method'>): boolean {
  return method === 'HEAD'
}

/** `2024-01-31`, in UTC. */
export function isoDate(moment = new Date()): string {
  return moment.toISOString().slice(0, 10)
}
