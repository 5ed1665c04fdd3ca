// What the cases of the HTTP suite work with: a served service, ways to send to it, and assertions on its answers.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { HttpOptions, ParserOutput } from '@lading/core/http'
import { until } from '../runner.ts'
import type { RemoteNames } from './remote-names.ts'

/** The service: real jobs with running workers, and the reference resource `users`. */
export interface HttpSuiteService extends Pick<HttpOptions, 'jobs' | 'exporter' | 'resources'> {
  /** Resources over the table of `users` that withhold some of it, on a pool that counts. */
  readonly discreet: VisibilityService
  /** Resources that break while they are printed, on a pool that counts. */
  readonly brittle: BrittleService
  /** Resolves when this job has ended, or a little later or earlier: then its state is asked for again. */
  jobEnded(id: string): Promise<void>
  /** Keys of the objects in the storage of the jobs. */
  files(): Promise<readonly string[]>
  /** Lets this many hours pass for an idempotency key. */
  ageKey(key: string, hours: number): Promise<void>
  /** The service on a pool of few connections, which gives up waiting for one within a second; it has no workers. */
  readonly scarce: Pick<HttpOptions, 'jobs' | 'exporter'> & {
    /** Takes all connections; the answer gives them back. */
    takeAll(): Promise<() => void>
  }
  /** The service on a queue that holds one job of a kind; the storage and the database are those of `jobs`. */
  readonly narrow: Pick<HttpOptions, 'jobs' | 'exporter'> & {
    /** Fills the queue; the answer makes room again. */
    fill(): Promise<() => Promise<void>>
  }
  /**
   * What the jobs take for the resolver of names. They may fetch from names below `allowed.test` wherever these lead
   * to, on any port, and from public servers on the ports from 10000.
   */
  readonly names: RemoteNames
}

export interface VisibilityService {
  /** `people`: `email` is masked, `role` is hidden, and there is nothing else of these in it. */
  readonly discreet: Pick<HttpOptions, 'exporter' | 'resources'>
  /** The same resource without a field `role` at all. */
  readonly ignorant: Pick<HttpOptions, 'exporter' | 'resources'>
  /** How often a connection was asked for. */
  connections(): number
}

export interface BrittleService extends Pick<HttpOptions, 'exporter' | 'resources'> {
  /**
   * Makes the tables: `lines` (2 MB) has an infinite `at` in row 5000, `whole_lines` has none, `long_lines` are 100 MB,
   * and `sleepy_lines` waits a minute for its first row. The first three are there as `…_by_rows` too, with a `printRow`.
   */
  prepare(): Promise<void>
  /** How often a connection was asked for. */
  connections(): number
  /** Backends that print one of them. */
  printing(): Promise<number>
  /** Terminates these, and counts them. */
  terminate(): Promise<number>
}

/** Middleware of the host: it is given Node's own request, and the service is reached at once, or when it resolves. */
export type Before = (request: IncomingMessage & ParserOutput) => Promise<void> | void

/** What a host makes of a request for the adapter's option `principal`. */
export type Principal = (headers: IncomingHttpHeaders) => unknown

export interface HttpHarness {
  /** Of the host application. */
  readonly origin: string
  readonly mount: string
  /** `origin` and `mount`. */
  readonly base: string
  readonly service: HttpSuiteService
  /** The same host with other options; stopped with the case. */
  serve(options: Partial<HttpOptions>, principal?: Principal, before?: Before): Promise<HttpHarness>
  /** Ends the host, as the harness does after the case. */
  stop(): Promise<void>
}

export type HttpCases = Readonly<Record<string, (harness: HttpHarness) => Promise<void>>>

/** Checks the error shape, and returns its sentence. */
export async function assertProblem(response: Response, status: number, code: string): Promise<string> {
  const body = await response.text()
  assert.equal(response.status, status, body)
  assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/)
  const problem = JSON.parse(body)
  const id = response.headers.get('x-request-id')
  assert.deepEqual(
    [problem.type, problem.status, problem.code, problem.error, problem.request_id],
    ['about:blank', status, code, problem.detail, id],
  )
  assert.ok(problem.title.length > 0 && problem.detail.length > 0, body)
  return problem.detail
}

/** A file of users without errors; the emails are new each time. */
export function usersCsv(count: number, tag = randomUUID()): string {
  const rows = Array.from(
    { length: count },
    (_, index) => `${index}-${tag}@example.org,User ${index},reader,true\n`,
  )
  return `email,name,role,active\n${rows.join('')}`
}

interface Part {
  readonly name: string
  readonly value: string
  readonly fileName?: string
  readonly type?: string
  /** Further lines of the part's header. */
  readonly lines?: string
}

export const boundary = 'suite-boundary'

/** A form, byte by byte, in the order of its parts; a file that is not text is encoded as latin1. */
export function formBody(parts: readonly Part[], end = `--${boundary}--\r\n`): string {
  const written = parts.map(({ name, value, fileName, type, lines = '' }) => {
    const file = fileName === undefined ? '' : `; filename="${fileName}"`
    const contentType = type === undefined ? '' : `Content-Type: ${type}\r\n`
    return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n${contentType}${lines}\r\n${value}\r\n`
  })
  return written.join('') + end
}

export const file = (value: string, fileName = 'users.csv'): Part => ({ name: 'file', value, fileName })
export const field = (name: string, value: string): Part => ({ name, value })

export function sendForm(
  harness: HttpHarness,
  body: string | Uint8Array,
  path = '/v1/imports',
): Promise<Response> {
  const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` }
  return fetch(`${harness.base}${path}`, { method: 'POST', headers, body })
}

export function sendRaw(
  harness: HttpHarness,
  query: string,
  body: string | Uint8Array,
  type = 'text/csv',
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${harness.base}/v1/imports?${query}`, {
    method: 'POST',
    headers: { 'content-type': type, ...headers },
    body,
  })
}

export function sendJson(harness: HttpHarness, path: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return fetch(`${harness.base}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
}

/** Writes text to a socket, and resolves to all that came back when the other side closed it. */
export async function overSocket(harness: HttpHarness, request: string, halfClose = false): Promise<string> {
  const { hostname, port } = new URL(harness.origin)
  const socket = connect(Number(port), hostname)
  if (halfClose) socket.end(request)
  else socket.write(request)
  return text(socket)
}

/** The head of a request over a socket. */
export function requestHead(
  harness: HttpHarness,
  line: string,
  headers: Readonly<Record<string, string | number>>,
): string {
  const [method, path] = line.split(' ')
  const lines = Object.entries({ Host: 'suite', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${harness.mount}${path} HTTP/1.1\r\n${lines.join('')}\r\n`
}

/** What an accepted job has become; the headers say who asks. */
export async function ended(
  harness: HttpHarness,
  response: Response,
  headers: Readonly<Record<string, string>> = {},
) {
  const body = await response.text()
  assert.equal(response.status, 202, body)
  const { job_id: id, links } = JSON.parse(body)
  const hasEnded = ({ status }: { readonly status: string }) => !['pending', 'processing'].includes(status)
  const deadline = performance.now() + 25_000
  for (;;) {
    const answer = await fetch(harness.origin + links.self, { headers })
    assert.equal(answer.status, 200)
    const job = await answerOf(answer)
    if (hasEnded(job)) return job
    assert.ok(performance.now() < deadline, `waited in vain: job ${id} ends`)
    // Asking again and again would keep the process busy that runs the job.
    await harness.service.jobEnded(id)
  }
}

/** Fails if the work leaves a job or a file. */
export async function leavesNothing(harness: HttpHarness, work: () => Promise<void>): Promise<void> {
  const newest = async () => (await harness.service.jobs.list({ kind: 'import', limit: 1 })).jobs[0]?.id
  const job = await newest()
  const uploads = await newUploads(harness)
  await work()
  await until('nothing is left', async () => (await uploads()) === 0 && (await newest()) === job)
}

/** Counts the uploads that are kept from now on. Those of earlier tests may be on their way out meanwhile. */
export async function newUploads(harness: HttpHarness): Promise<() => Promise<number>> {
  const before = new Set(await harness.service.files())
  return async () =>
    (await harness.service.files()).filter(key => key.startsWith('imports/') && !before.has(key)).length
}

/** The JSON of an answer. */
export async function answerOf(response: Response | Promise<Response>) {
  return JSON.parse(await (await response).text())
}
