// Node.js request and response ↔ the neutral ones, shared by the adapters for frameworks on `node:http`.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type ParserOutput, remainingBody } from './body/read-before.ts'
import { lingeringClose } from './connection/lingering-close.ts'
import { resetIfTruncated } from './connection/reset-truncated.ts'
import type { Http } from './create-http.ts'
import type { HttpResponse } from './wire/message.ts'

export interface NodeExchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Path and query below the mount prefix, as sent. */
  readonly url: string
  /** `''` at the root. */
  readonly mount: string
  /** The client's address; behind a proxy `request.socket` has only the proxy's. @defaultValue the socket's */
  readonly remoteAddress?: string | undefined
  /** See `HttpInput.principal`. */
  readonly principal?: (() => unknown) | undefined
  /** The parsed body, if a body parser of the host has read it. @defaultValue `request.body` */
  readonly parsedBody?: unknown
}

/** Answers one request. Resolves when the response is sent or the client has disconnected; never rejects. */
export async function handleNode(http: Http, exchange: NodeExchange): Promise<void> {
  const { request, response, mount } = exchange
  resetIfTruncated(response)
  cutOffIfStalled(response, http)
  const [path, rawQuery] = splitUrl(exchange.url)
  // Form parsers put the files on the request.
  const { body = exchange.parsedBody, file, files }: ParserOutput = request as ParserOutput
  // Null if the request has been destroyed meanwhile, despite its type.
  const socket: Socket | null = request.socket
  const answer = await http.handle({
    method: request.method ?? 'GET',
    path,
    rawQuery,
    headers: request.headers,
    ...remainingBody(request, { body, file, files }),
    mount,
    signal: disconnectSignal(response),
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

/** Aborts when the client disconnects before its response is complete. */
export function disconnectSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) controller.abort()
  })
  return controller.signal
}

/**
 * Destroys a response that the client has stopped reading, because it may hold a database snapshot and a connection of
 * the pool. A response with nothing to send yet, such as one whose query still runs, is left alone.
 */
export function cutOffIfStalled(response: ServerResponse, { stalledMs }: Pick<Http, 'stalledMs'>): void {
  // The timer restarts with each byte that the client's side has accepted.
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
  // A failing body destroys the response and its connection, which is how the client notices. A client that
  // disconnects destroys the body. Neither needs to be reported here.
  await pipeline(body, response).catch(() => undefined)
}
