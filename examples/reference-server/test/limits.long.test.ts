// The reference server against clients that are slow, too many, hostile or out of place, on both adapters.
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { setInterval } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { storedFiles } from '../../../test-support/stored-files.ts'
import { type RunningServer, spawnServer, startServer } from './support.ts'

let database: TestDatabase
let folder: string
const stops: (() => Promise<unknown>)[] = []
beforeEach(async () => {
  database = await createDatabase()
  folder = await mkdtemp(join(tmpdir(), 'lading-limits-'))
})
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
  await database.drop()
  await rm(folder, { recursive: true })
})

async function start(env: Readonly<Record<string, string>>): Promise<RunningServer> {
  const server = await startServer({ DATABASE_URL: database.url, STORAGE_PATH: folder, ...env })
  stops.push(() => server.stop())
  return server
}

const header = 'email,name,role,active\n'
const target = '/v1/imports?resource=users'

/** What a client sees that sends `Expect: 100-continue` and waits for permission to send its body. */
async function expecting(url: string, length: number, headers = {}): Promise<string[]> {
  const seen: string[] = []
  const sending = request(`${url}${target}`, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'text/csv', 'content-length': length, expect: '100-continue', ...headers },
  })
  sending.on('error', () => undefined)
  sending.once('continue', () => {
    seen.push('100')
    sending.end('x'.repeat(length))
  })
  sending.flushHeaders()
  const [answer] = await once(sending, 'response')
  const { code, status } = JSON.parse(await text(answer))
  sending.destroy()
  return [...seen, code ?? status]
}

/** Everything that comes back over a socket until it is closed, and what was sent first. */
function spoken(url: string, said: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  socket.write(said)
  return text(socket).catch(() => 'reset')
}

/** A status and nothing else; Fastify says it once more, as JSON. */
const refusedByNode =
  /^HTTP\/1\.1 4(00|31) [A-Z][\w ]+\r\n(Connection: close\r\n\r\n|Content-Length: \d+\r\nContent-Type: application\/json\r\n\r\n\{"error":"[\w ]+","message":"(Client Error|Exceeded maximum allowed HTTP header size)","statusCode":4(00|31)\})$/

async function keptFiles(): Promise<string[]> {
  return (await storedFiles(folder)).map(({ name }) => name)
}

describe.each(['fastify', 'express'])('on %s', ADAPTER => {
  test('Expect: 100-continue: a rejected client gets the error at once, and sends no body', async () => {
    const { url } = await start({ ADAPTER, IMPORT_MAX_FILE_SIZE: '1000' })
    expect(await expecting(url, 10_000_000_000)).toEqual(['FILE_TOO_LARGE'])
    expect(await expecting(url, 10, { 'content-type': 'image/png' })).toEqual(['MEDIA_TYPE_UNSUPPORTED'])
    expect(await expecting(url, 10, { origin: 'https://evil.example' })).toEqual(['ORIGIN_NOT_ALLOWED'])
    expect(await expecting(url, 10)).toEqual(['100', 'pending'])
    const full = await start({ ADAPTER, FREE_DISK_BYTES: String(2 ** 52) })
    expect(await expecting(full.url, 10)).toEqual(['STORAGE_FULL'])
  })

  test('a slow upload gets 408, holds no transaction, and leaves nothing', async () => {
    const { url } = await start({ ADAPTER, BODY_RATE_SECONDS: '1' })
    const sending = request(`${url}${target}`, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'text/csv', 'content-length': 1_000_000, 'idempotency-key': 'slow' },
    })
    sending.on('error', () => undefined)
    sending.write(header)
    const stop = new AbortController()
    const open: unknown[] = []
    const trickle = async () => {
      for await (const _ of setInterval(50, undefined, { signal: stop.signal })) {
        sending.write('x')
        const { rows } = await database.pool.query(
          // One that the upload held would be idle; a statement or an autovacuum may take long on a busy machine.
          `select query from pg_stat_activity where datname = current_database()
           and state like 'idle in transaction%' and xact_start < clock_timestamp() - interval '0.5 s'`,
        )
        open.push(...rows)
      }
    }
    const trickling = trickle().catch(() => undefined)
    const [answer] = await once(sending, 'response')
    expect([answer.statusCode, JSON.parse(await text(answer)).code]).toEqual([408, 'BODY_TOO_SLOW'])
    stop.abort()
    await trickling
    expect(open).toEqual([])
    expect(await keptFiles()).toEqual([])
    const { rows } = await database.pool.query(
      'select (select count(*)::int from lading.jobs) jobs, (select count(*)::int from lading.idempotency_keys) keys',
    )
    expect(rows).toEqual([{ jobs: 0, keys: 0 }])
  })

  test('slow or endless headers, and one socket too many, have their connection closed', async () => {
    const { url } = await start({ ADAPTER, HEADERS_SECONDS: '1', MAX_CONNECTIONS: '2' })
    const answers = await Promise.all([
      spoken(url, 'GET /live HTTP/1.1\r\nHost: x\r\nX-A: '),
      spoken(url, 'POST /v1/imports HTTP/1.1\r\n'),
      spoken(url, ''),
    ])
    const unheard = answers.pop()
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(unheard).toBe('')
    expect((await fetch(`${url}/live`)).status).toBe(200)
  })

  test('a request that is ambiguous or malformed is rejected by Node: H020, H022', async () => {
    const { url } = await start({ ADAPTER })
    const csv = 'Host: x\r\nContent-Type: text/csv\r\n'
    for (const head of [
      `POST ${target} HTTP/1.1\r\n${csv}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      `POST ${target} HTTP/1.1\r\n${csv}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef`,
      `POST ${target} HTTP/1.1\r\n${csv}Transfer-Encoding: chunked\r\n\r\nZ\r\n`,
      `POST ${target} HTTP/1.1\r\n${csv}Content-Type : text/csv\r\n\r\n`,
      `GET /live HTTP/1.1\r\nHost: x\r\nX-A: ${'x'.repeat(20_000)}\r\n\r\n`,
    ]) {
      expect(await spoken(url, head)).toMatch(refusedByNode)
    }
    expect(await keptFiles()).toEqual([])
    expect((await fetch(`${url}/live`)).status).toBe(200)
  })

  test('an unknown path is answered with a problem document, not with a page', async () => {
    const { url } = await start({ ADAPTER })
    const accept = { accept: 'text/html' }
    for (const [path, status] of [
      ['/', 404],
      ['/index.html', 404],
      ['/v1/imports/%E0%A4%A', 400],
      ['/%E0%A4%A', 404],
    ] as const) {
      const response = await fetch(url + path, { headers: accept })
      expect([path, response.status]).toEqual([path, status])
      expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
      expect(response.headers.get('x-content-type-options')).toBe('nosniff')
      expect(((await response.json()) as { status: number }).status).toBe(status)
    }
  })

  test('a hostile request is one log line, without its query and without terminal control characters', async () => {
    const child = spawnServer({
      DATABASE_URL: database.url,
      STORAGE_PATH: folder,
      ADAPTER,
      LOG_LEVEL: 'info',
    })
    const exited = once(child, 'close')
    const lines: string[] = []
    const input = createInterface({ input: child.stdout ?? process.stdin })
    input.on('line', line => lines.push(line))
    const started = () => lines.find(line => line.startsWith('listening on '))
    await expect.poll(started, { timeout: 20_000 }).toBeDefined()
    const url = started()?.slice('listening on '.length) ?? ''
    const headers =
      'Host: x\r\nX-Request-Id: \x9b31m\r\nUser-Agent: agent\x9b2J\r\nAuthorization: Bearer secret-1\r\nConnection: close\r\n\r\n'
    const paths = [
      '/live?token=secret-2',
      '/v1/\x9b31m\xe2\x80\xae',
      `/v1/${'x'.repeat(8_000)}`,
      '/v1/%1b[2J%0a{"level":60}',
    ]
    for (const path of paths) await spoken(url, Buffer.from(`GET ${path} HTTP/1.1\r\n${headers}`, 'latin1'))
    const own = 'Host: x\r\nX-Request-Id: own_id-1\r\nConnection: close\r\n\r\n'
    await spoken(url, `GET /ready HTTP/1.1\r\n${own}`)
    await spoken(url, Buffer.from(`GET /${'x'.repeat(100_000)} HTTP/1.1\r\n${headers}`, 'latin1'))
    const requests = () => lines.filter(line => line.includes('"msg":"request"'))
    await expect.poll(() => requests().length).toBeGreaterThanOrEqual(3)
    child.kill('SIGTERM')
    await exited
    for (const line of lines) {
      expect(line).toMatch(/^[\x20-\x7e…]*$/)
      expect(line.length).toBeLessThan(1_000)
      expect(line).not.toMatch(/secret|agent/)
    }
    const logged = requests().map(line => JSON.parse(line))
    expect(logged.map(({ path }) => path)).toContain('/live')
    expect(logged.map(({ path }) => path)).toContain(`/v1/${'x'.repeat(252)}…`)
    for (const line of logged) {
      const id = line.path === '/ready' ? /^own_id-1$/ : /^[0-9a-f-]{36}$/
      expect(line).toMatchObject({ request_id: expect.stringMatching(id) })
    }
    expect(logged.map(({ path }) => path)).toContain('/ready')
  })
})
