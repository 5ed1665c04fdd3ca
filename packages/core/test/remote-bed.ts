// What the tests of remote files share: a server on the loopback that may be fetched from, and what is fetched.
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { afterEach } from 'vitest'
import {
  type FileServer,
  fileServer,
  type RemoteNames,
  type Respond,
  remoteNames,
} from '../../conformance/src/http/remote-site.ts'
import { remoteAccess } from '../src/engine/source/remote/remote-access.ts'
import { type RemoteFile, type RemoteSource, remoteSource } from '../src/engine/source/remote/remote-file.ts'
import type { RemoteOptions } from '../src/index.ts'

export interface RemoteBed {
  readonly names: RemoteNames
  /** Starts a server; it stops with the test. */
  serve(respond: Respond, port?: number): Promise<FileServer>
  /** Opens what the address leads to, with the networks that may be fetched from. */
  open(url: string, options?: RemoteOptions, signal?: AbortSignal): Promise<RemoteFile>
  source(url: string, options?: RemoteOptions, signal?: AbortSignal): RemoteSource
}

/** What there is to fetch: it tells where it was cut or mixed. */
export const lines = (count: number, tag = 'line'): string =>
  Array.from({ length: count }, (_, index) => `${tag} ${index}\n`).join('')

export function remoteBed(): RemoteBed {
  const names = remoteNames()
  let ends: (() => unknown)[] = []
  afterEach(async () => {
    for (const end of ends) await end()
    ends = []
  })
  const source = (url: string, options: RemoteOptions = {}, signal = new AbortController().signal) => {
    const opened = remoteSource(url, remoteAccess({ lookup: names.lookup, pauseMs: 1, ...options }), signal)
    ends.unshift(() => opened.stop())
    return opened
  }
  return {
    names,
    async serve(respond, port) {
      const server = await fileServer(respond, port)
      ends.push(() => server.stop())
      return server
    },
    async open(url, options, signal) {
      const file = await source(url, options, signal).open()
      ends.unshift(() => file.close())
      return file
    },
    source,
  }
}

export async function bytesOf(file: RemoteFile): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of file.chunks()) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** Sends a part of the body, and breaks the connection when it has gone out. */
export async function sendPart(response: ServerResponse, part: string): Promise<void> {
  response.write(part)
  if (response.writableNeedDrain) await once(response, 'drain')
  response.socket?.destroySoon()
}

/** The code of a fault, its sentence, and whether it is tried again. */
export async function faultOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'no fault',
    (error: { code?: unknown; message?: unknown; retryable?: unknown }) => [
      error.code,
      error.retryable,
      error.message,
    ],
  )
}
