// Node's own request and response ↔ the neutral ones; what adapters for frameworks on `node:http` share.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type HostTraces, remainingBody } from './body/read-before.ts'
import { lingeringClose } from './connection/lingering-close.ts'
import { resetIfTruncated } from './connection/reset-truncated.ts'
import type { Http } from './create-http.ts'
import type { HttpResponse } from './wire/message.ts'

export interface NodeExchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Path and query below the mount prefix, as they were sent. */
  readonly url: string
  /** `''` at the root. */
  readonly mount: string
  /** Of the client; `request.socket` knows that of a proxy only. @defaultValue the socket's */
  readonly remoteAddress?: string | undefined
  /** See `HttpInput.principal`. */
  readonly principal?: (() => unknown) | undefined
  /** What a body parser of the host has made of the body, if it has read it. @defaultValue `request.body` */
  readonly parsedBody?: unknown
}

/** Answers one request. Resolves when the answer is sent or the client has gone; never rejects. */
export async function handleNode(http: Http, exchange: NodeExchange): Promise<void> {
  const { request, response, mount } = exchange
  resetIfTruncated(response)
  cutOffIfStalled(response, http)
  const [path, rawQuery] = splitUrl(exchange.url)
  // Parsers of forms leave with the request what they take out of it.
  const { body = exchange.parsedBody, file, files }: HostTraces = request as HostTraces
  // None where somebody has destroyed the request meanwhile, whatever its type says.
  const socket: Socket | null = request.socket
  const answer = await http.handle({
    method: request.method ?? 'GET',
    path,
    rawQuery,
    headers: request.headers,
    ...remainingBody(request, { body, file, files }),
    mount,
    signal: goneSignal(response),
    remoteAddress: exchange.remoteAddress ?? socket?.remoteAddress,
    principal: exchange.principal,
  })
  await send(answer, response)
}

/** `/v1/exports?a=b` → path and query. */
export function splitUrl(url: string): readonly [path: string, rawQuery: string] {
  const at = url.indexOf('?')
  return at === -1 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)]
}

/** Comes when the client goes away before its answer is complete. */
export function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) gone.abort()
  })
  return gone.signal
}

/**
 * Ends an answer of which the client takes nothing any more: it may hold a snapshot of the database and a connection
 * of the pool. One that is waited for, because its first row is still looked for, has nothing to take and is let be.
 */
export function cutOffIfStalled(response: ServerResponse, { stalledMs }: Pick<Http, 'stalledMs'>): void {
  // The time begins anew with each byte that the client's side has taken.
  response.setTimeout(stalledMs, () => {
    if (response.writableLength > 0) response.destroy()
  })
}

async function send({ status, headers, body }: HttpResponse, response: ServerResponse): Promise<void> {
  if (response.destroyed) {
    if (body instanceof Readable) body.destroy()
    return
  }
  lingeringClose(response)
  // Not `writeHead`: middleware of the host may have headers of its own to add.
  response.statusCode = status
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  if (!(body instanceof Readable)) {
    response.end(body)
    return
  }
  // A body that fails destroys the response, and so the connection: that is how a client learns of it. One whose
  // client has gone is destroyed. Neither is news to anybody here.
  await pipeline(body, response).catch(() => undefined)
}
