// A URL → the complete bytes of one version of its file. Resumes after a broken connection.
import { setTimeout as pause } from 'node:timers/promises'
import { LadingError } from '../../../errors/lading-error.ts'
import { watchRate } from '../source-rate.ts'
import { openUrl, type RemoteResponse } from './open-url.ts'
import type { RemoteAccess } from './remote-access.ts'
import {
  connectionLost,
  SourceFault,
  statusFault,
  timedOut,
  tooSlow,
  unusableResponse,
} from './source-fault.ts'

export interface RemoteFile {
  /** Content type of the response. */
  readonly mediaType: string
  /** Content encoding of the response. */
  readonly contentCoding: 'identity' | 'gzip'
  /** Size in bytes as sent; undefined if the server does not announce it. */
  readonly size: number | undefined
  /** Last path segments: of the original URL, and of the final URL after redirects. */
  readonly names: readonly [original: string, final: string]
  /**
   * Yields the bytes as sent; can be called once. Resumes an interrupted transfer where it broke.
   *
   * @throws FileChanged, LadingError `SOURCE_UNAVAILABLE`, `URL_NOT_ALLOWED`
   */
  chunks(): AsyncGenerator<Buffer>
  /** Ends the connection. A second call does nothing. */
  close(): void
}

/** The file changed during the transfer, or that cannot be ruled out. It must be read from its start again. */
export class FileChangedError extends Error {}

export interface RemoteSource {
  /** Each call starts over. All calls share the time and the connections allowed for one file. */
  open(): Promise<RemoteFile>
  /** Stops the timer. A second call does nothing. */
  stop(): void
}

/** Maximum number of connections for one file. */
const maxConnections = 6

/** Aborting the signal makes any call in progress throw its reason at once. */
export function remoteSource(url: string, access: RemoteAccess, signal: AbortSignal): RemoteSource {
  const ending = new AbortController()
  const timer = setTimeout(() => ending.abort(timedOut(access.maxSeconds)), access.maxSeconds * 1000)
  const transfer = { url, access, signal: AbortSignal.any([signal, ending.signal]), ending, connections: 0 }
  return { open: () => openFile(transfer), stop: () => clearTimeout(timer) }
}

interface Transfer {
  readonly url: string
  readonly access: RemoteAccess
  readonly signal: AbortSignal
  readonly ending: AbortController
  connections: number
}

async function openFile(transfer: Transfer): Promise<RemoteFile> {
  const answer = await connect(transfer)
  try {
    if (answer.status !== 200) throw statusFault(answer.status)
    const size = sizeOf(answer)
    const coding = codingOf(answer)
    let current = answer
    return {
      mediaType: answer.headers['content-type'] ?? '',
      contentCoding: coding,
      size,
      names: [lastPart(new URL(transfer.url)), lastPart(answer.url)],
      chunks: () =>
        wholeBody(answer, size, transfer, next => {
          current = next
        }),
      close: () => current.close(),
    }
  } catch (error) {
    answer.close()
    throw error
  }
}

/** Opens a connection. Each one after the first is a retry, with a pause before it. */
async function connect(transfer: Transfer, headers: Record<string, string> = {}): Promise<RemoteResponse> {
  const { url, access, signal } = transfer
  for (;;) {
    if (transfer.connections === maxConnections) throw connectionLost()
    if (transfer.connections > 0) await backOff(transfer)
    transfer.connections++
    try {
      return await openUrl(url, { access, signal, headers })
    } catch (error) {
      // If the first connection fails, leave it to a later attempt of the job. Afterwards, the server may be restarting.
      const shouldRetry = transfer.connections > 1 && error instanceof SourceFault && error.retryable
      if (!shouldRetry || signal.aborted) throw error
    }
  }
}

async function backOff({ access, connections, signal }: Transfer): Promise<void> {
  await pause(access.pauseMs * 2 ** (connections - 1), undefined, { signal }).catch(() => {
    throw signal.reason
  })
}

async function* wholeBody(
  first: RemoteResponse,
  size: number | undefined,
  transfer: Transfer,
  onOpen: (answer: RemoteResponse) => void,
): AsyncGenerator<Buffer> {
  const { access, ending, signal } = transfer
  const rate = { bytesPerSecond: access.minBytesPerSecond, windowSeconds: access.rateSeconds }
  const onSlow = () => ending.abort(tooSlow(rate.bytesPerSecond, rate.windowSeconds))
  let at = 0
  let total = size
  for (let answer = first; ; ) {
    try {
      for await (const chunk of watchRate(answer.body, rate, onSlow)) {
        at += chunk.length
        yield chunk
      }
      if (signal.aborted) throw signal.reason
      if (total === undefined ? answer.isComplete() : at === total) return
    } catch (error) {
      if (signal.aborted) throw signal.reason
      if (at === total) return
      if (error instanceof LadingError) throw error
    } finally {
      answer.close()
    }
    const next = await resume(first, at, size, transfer)
    answer = next.answer
    total = next.total
    onOpen(answer)
  }
}

/**
 * Requests the rest of the same version. RFC 9110, 13.1.5: a client must not send If-Range with a weak validator.
 *
 * @throws FileChanged if the server cannot prove that it is the same version
 */
async function resume(
  first: RemoteResponse,
  at: number,
  size: number | undefined,
  transfer: Transfer,
): Promise<{ readonly answer: RemoteResponse; readonly total: number }> {
  const { etag } = first.headers
  if (etag === undefined || !/^"[^"]*"$/.test(etag)) throw new FileChangedError()
  const answer = await connect(transfer, { range: `bytes=${at}-`, 'if-range': etag })
  try {
    const { headers, status } = answer
    if (status !== 200 && status !== 206 && status !== 416) throw statusFault(status)
    const [, start, end, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers['content-range'] ?? '') ?? []
    const isRest =
      status === 206 &&
      headers.etag === etag &&
      headers['content-encoding'] === first.headers['content-encoding'] &&
      Number(start) === at &&
      Number(end) + 1 === Number(total) &&
      (size === undefined || Number(total) === size)
    if (!isRest) throw new FileChangedError()
    return { answer, total: Number(total) }
  } catch (error) {
    answer.close()
    throw error
  }
}

/**
 * The announced size in bytes; undefined for a chunked body, which marks its end. A body that ends with its connection
 * (RFC 9112, 6.3) is rejected, because it may be truncated.
 */
function sizeOf({ headers }: RemoteResponse): number | undefined {
  if (headers['transfer-encoding'] !== undefined) return undefined
  if (headers['content-length'] !== undefined) return Number(headers['content-length'])
  throw unusableResponse(
    'The server of the file does not say where the file ends, so a truncated file could look complete; it must send a Content-Length or use chunked encoding.',
  )
}

function codingOf({ headers }: RemoteResponse): 'identity' | 'gzip' {
  const coding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (coding === 'identity' || coding === '') return 'identity'
  if (coding === 'gzip' || coding === 'x-gzip') return 'gzip'
  throw unusableResponse(
    'The server of the file sends it with an unsupported content encoding; it must send it plain, or compressed once with gzip.',
  )
}

function lastPart({ pathname }: URL): string {
  const last = pathname.slice(pathname.lastIndexOf('/') + 1)
  try {
    return decodeURIComponent(last)
  } catch {
    return last
  }
}
