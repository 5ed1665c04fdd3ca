// Files on their way out: opened before the headers are sent, with a name that is safe everywhere.
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { formatNamed } from '../../engine/format/formats.ts'
import type { HttpRequest, HttpResponse } from '../wire/message.ts'

/**
 * Waits for the first bytes, so that whatever can be refused is refused with a status of its own, and not by a
 * broken connection.
 *
 * @throws what the stream breaks with
 */
export async function firstBytesOf(stream: Readable, signal: AbortSignal): Promise<Readable> {
  try {
    // Also emitted at the end of an empty stream; an error rejects.
    if (!stream.readableEnded) await once(stream, 'readable', { signal })
    return stream
  } catch (error) {
    stream.destroy()
    throw error
  }
}

export interface FileFacts {
  readonly name: string
  readonly format: string
  /** Of the file itself: one that is compressed on its way only is not meant. @defaultValue `'none'` */
  readonly compression?: 'none' | 'gzip' | undefined
  readonly headers?: Readonly<Record<string, string>>
}

export function fileResponse(body: Readable | undefined, facts: FileFacts): HttpResponse {
  const { name, format, compression, headers } = facts
  const { mediaType, extensions } = formatNamed(format)
  const isGzip = compression === 'gzip'
  const type = format === 'csv' ? `${mediaType}; charset=utf-8` : mediaType
  const ending = `${extensions[0] ?? `.${format}`}${isGzip ? '.gz' : ''}`
  return {
    status: 200,
    headers: {
      // Without a Content-Encoding, or a client would unpack it and keep a `.gz` file that is none.
      'Content-Type': isGzip ? 'application/gzip' : type,
      'Content-Disposition': `attachment; filename="${safe(name)}${ending}"`,
      // A browser must not guess that it is a page.
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
      ...headers,
    },
    body,
  }
}

/** Resources are named by the application, and their names become a header and a file on somebody's disk. */
function safe(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]+/g, '-')
}

export function isHead({ method }: Pick<HttpRequest, 'method'>): boolean {
  return method === 'HEAD'
}

/** `2024-01-31`, in UTC. */
export function day(moment = new Date()): string {
  return moment.toISOString().slice(0, 10)
}
