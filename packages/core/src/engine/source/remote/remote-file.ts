// The file behind a URL → its bytes, of one version and complete, also where the connection breaks on the way.
import { setTimeout as pause } from 'node:timers/promises'
import { LadingError } from '../../../errors/lading-error.ts'
import { watchRate } from '../source-rate.ts'
import { type Answer, openUrl } from './open-url.ts'
import type { RemoteAccess } from './remote-access.ts'
import { brokenOff, SourceFault, statusFault, tooLong, tooSlow, unreadable } from './source-fault.ts'

export interface RemoteFile {
  /** Of the answer. */
  readonly mediaType: string
  /** What the server compressed it with for the way, or the file was kept with. */
  readonly coding: 'identity' | 'gzip'
  /** Bytes as they are sent; undefined where the server does not know them beforehand. */
  readonly size: number | undefined
  /** Last parts of the paths: of the address that was given, and of the one that it led to. */
  readonly names: readonly [given: string, found: string]
  /**
   * To be read once, as they are sent. A transfer that breaks is gone on with where it broke.
   *
   * @throws FileChanged, LadingError `SOURCE_UNAVAILABLE`, `URL_NOT_ALLOWED`
   */
  chunks(): AsyncGenerator<Buffer>
  /** Ends the connection. Twice: does nothing. */
  close(): void
}

/** What was read is not the beginning of what is there now, or nobody can tell: it has to be read from its start again. */
export class FileChanged extends Error {}

export interface RemoteSource {
  /** Each call begins anew; all of them share the time and the attempts that one file may take. */
  open(): Promise<RemoteFile>
  /** Stops the clock. Twice: does nothing. */
  end(): void
}

/** Connections for one file, each but the first because the one before it broke. */
const maxConnections = 6

/** @throws the reason of the signal, at once, wherever it comes */
export function remoteSource(url: string, access: RemoteAccess, signal: AbortSignal): RemoteSource {
  const ending = new AbortController()
  const timer = setTimeout(() => ending.abort(tooLong(access.maxSeconds)), access.maxSeconds * 1000)
  const transfer = { url, access, signal: AbortSignal.any([signal, ending.signal]), ending, connections: 0 }
  return { open: () => openFile(transfer), end: () => clearTimeout(timer) }
}

interface Transfer {
  readonly url: string
  readonly access: RemoteAccess
  readonly signal: AbortSignal
  readonly ending: AbortController
  connections: number
}

async function openFile(transfer: Transfer): Promise<RemoteFile> {
  const answer = await connected(transfer)
  try {
    if (answer.status !== 200) throw statusFault(answer.status)
    const size = sizeOf(answer)
    const coding = codingOf(answer)
    let open = answer
    return {
      mediaType: answer.headers['content-type'] ?? '',
      coding,
      size,
      names: [lastPart(new URL(transfer.url)), lastPart(answer.url)],
      chunks: () =>
        wholeBody(answer, size, transfer, next => {
          open = next
        }),
      close: () => open.close(),
    }
  } catch (error) {
    answer.close()
    throw error
  }
}

/** Every connection but the first is one more attempt, and has a pause before it. */
async function connected(transfer: Transfer, headers: Record<string, string> = {}): Promise<Answer> {
  const { url, access, signal } = transfer
  for (;;) {
    if (transfer.connections === maxConnections) throw brokenOff()
    if (transfer.connections > 0) await pauseOf(transfer)
    transfer.connections++
    try {
      return await openUrl(url, { access, signal, headers })
    } catch (error) {
      // A server that cannot be reached at first is left to a later attempt; one that is starting again is waited for.
      const isRestart = transfer.connections > 1 && error instanceof SourceFault && error.retryable
      if (!isRestart || signal.aborted) throw error
    }
  }
}

async function pauseOf({ access, connections, signal }: Transfer): Promise<void> {
  await pause(access.pauseMs * 2 ** (connections - 1), undefined, { signal }).catch(() => {
    throw signal.reason
  })
}

async function* wholeBody(
  first: Answer,
  size: number | undefined,
  transfer: Transfer,
  onOpen: (answer: Answer) => void,
): AsyncGenerator<Buffer> {
  const { access, ending, signal } = transfer
  const rate = { bytesPerSecond: access.minBytesPerSecond, seconds: access.rateSeconds }
  const onSlow = () => ending.abort(tooSlow(rate.bytesPerSecond, rate.seconds))
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
    const next = await rest(first, at, size, transfer)
    answer = next.answer
    total = next.total
    onOpen(answer)
  }
}

/** The rest of the same version, or nothing. RFC 9110, 13.1.5: a client must not send If-Range with a weak validator. */
async function rest(
  first: Answer,
  at: number,
  size: number | undefined,
  transfer: Transfer,
): Promise<{ readonly answer: Answer; readonly total: number }> {
  const { etag } = first.headers
  if (etag === undefined || !/^"[^"]*"$/.test(etag)) throw new FileChanged()
  const answer = await connected(transfer, { range: `bytes=${at}-`, 'if-range': etag })
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
    if (!isRest) throw new FileChanged()
    return { answer, total: Number(total) }
  } catch (error) {
    answer.close()
    throw error
  }
}

/**
 * Undefined for a body in chunks, which tell their end. A body that ends with its connection (RFC 9112, 6.3) may as
 * well be half of one, and half of a file must not be taken for a file.
 */
function sizeOf({ headers }: Answer): number | undefined {
  if (headers['transfer-encoding'] !== undefined) return undefined
  if (headers['content-length'] !== undefined) return Number(headers['content-length'])
  throw unreadable(
    'The server of the file does not say where the file ends, so that a part of it could be taken for the whole; it must send a Content-Length, or chunks.',
  )
}

function codingOf({ headers }: Answer): 'identity' | 'gzip' {
  const coding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (coding === 'identity' || coding === '') return 'identity'
  if (coding === 'gzip' || coding === 'x-gzip') return 'gzip'
  throw unreadable(
    'The server of the file sends it in an encoding that is not known here; it must send it plain, or compressed once with gzip.',
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
