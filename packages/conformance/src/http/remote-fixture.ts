// Shared by the cases of remote files: servers, imports from them, and their results.
import { randomUUID } from 'node:crypto'
import { ended, type HttpHarness, sendJson } from './harness.ts'
import { type FileServer, fileServer, type Respond } from './remote-names.ts'

export const fromUrl = (harness: HttpHarness, file_url: unknown, options: object = {}) =>
  sendJson(harness, '/v1/imports', { resource: 'users', file_url, ...options })

/** Runs a server during a case. */
export async function serving(respond: Respond, work: (server: FileServer) => Promise<void>): Promise<void> {
  const server = await fileServer(respond)
  try {
    await work(server)
  } finally {
    await server.stop()
  }
}

const host = 'files.allowed.test'

/** The same of one that may be fetched from, with its address. */
export function files(
  harness: HttpHarness,
  respond: Respond,
  work: (url: (path: string) => string, server: FileServer) => Promise<void>,
): Promise<void> {
  harness.service.names.set(host, ['127.0.0.1'])
  return serving(respond, server => work(path => `http://${host}:${server.port}${path}`, server))
}

/** One file for all paths. */
export const giving =
  (body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}, status = 200): Respond =>
  (_request, response) =>
    response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers }).end(body)

/** A user as a line of NDJSON. */
export const line = () => `{"email":"${randomUUID()}@example.org","name":"A","role":"admin","active":true}\n`

/** Imports from an address, and returns the status, the code, the format and the number of imported records. */
export async function outcome(
  harness: HttpHarness,
  url: string,
  options: object = {},
): Promise<readonly unknown[]> {
  const job = await ended(harness, await fromUrl(harness, url, options))
  return [job.status, job.error_code, job.format, job.progress.inserted_records]
}

export async function isImported(harness: HttpHarness, email: string): Promise<boolean> {
  const query = `resource=users&email=${encodeURIComponent(email)}`
  return (await (await fetch(`${harness.base}/v1/exports?${query}`)).text()) !== ''
}
