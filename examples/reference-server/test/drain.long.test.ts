// The reference server on its way out: not ready, no new job, an end in time; and one whose workers are elsewhere.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { fairClock } from '../../../test-support/fair-clock.ts'
import { storedFiles } from '../../../test-support/stored-files.ts'
import { type RunningServer, startServer } from './support.ts'

let database: TestDatabase
let folder: string
beforeEach(async () => {
  database = await createDatabase()
  folder = await mkdtemp(join(tmpdir(), 'lading-drain-'))
})
afterEach(async () => {
  await database.drop()
  await rm(folder, { recursive: true })
})

const start = (env = {}) => startServer({ DATABASE_URL: database.url, STORAGE_PATH: folder, ...env })
const users = (count: number) =>
  `email,name,role,active\n${Array.from({ length: count }, (_, index) => `${index}@example.org,A,reader,true\n`).join('')}`

async function submit({ url }: RunningServer, file: string): Promise<string> {
  const response = await fetch(`${url}/v1/imports?resource=users`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: file,
  })
  return ((await response.json()) as { job_id: string }).job_id
}

async function statusOf(id: string): Promise<{ status: string; processed: number }> {
  const { rows } = await database.pool.query('select status, processed from lading.jobs where id = $1', [id])
  return { status: rows[0]?.status, processed: Number(rows[0]?.processed) }
}

test.each(['fastify', 'express'])(
  'on %s it reports that it is not ready while a last upload is received, answers it, and ends with 0',
  async adapter => {
    const server = await start({ ADAPTER: adapter })
    const upload = request(`${server.url}/v1/imports?resource=users`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
    })
    const answered = once(upload, 'response')
    upload.write(users(5_000))
    const storedTemporarily = async () => {
      return (await storedFiles(folder)).length
    }
    await expect.poll(storedTemporarily).toBeGreaterThan(0)

    expect((await fetch(`${server.url}/ready`)).status).toBe(200)
    const ended = server.stop()
    await expect.poll(async () => (await fetch(`${server.url}/ready`)).status).toBe(503)
    expect((await fetch(`${server.url}/live`)).status).toBe(200)
    const refused = await fetch(`${server.url}/v1/imports?resource=users`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body: users(1),
    })
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])

    upload.end('late@example.org,L,reader,true\n')
    const [response] = await answered
    expect(response.statusCode).toBe(202)
    response.resume()
    expect(await ended).toBe(0)
  },
)

test.each(['fastify', 'express'])(
  'on %s it ends only after the file of an aborted upload has been removed, however long that takes',
  async adapter => {
    const slow = fileURLToPath(new URL('slow-unlink.mjs', import.meta.url))
    const server = await start({ ADAPTER: adapter, NODE_OPTIONS: `--import ${slow}` })
    const upload = request(`${server.url}/v1/imports?resource=users`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
    })
    upload.on('error', () => undefined)
    upload.write(users(5_000))
    const files = async () =>
      (await readdir(folder, { recursive: true })).filter(name => name.includes('source'))
    await expect.poll(files).toHaveLength(1)
    upload.destroy()
    expect(await server.stop()).toBe(0)
    expect(await files()).toEqual([])
  },
)

test.each(['fastify', 'express'])(
  'on %s an export that is cut off at shutdown is seen as broken by HTTP/1.0 clients too, and on one of them at a second signal',
  async adapter => {
    // The effect of a second signal does not depend on the adapter.
    for (const code of adapter === 'fastify' ? [0, 1] : [0]) {
      const server = await start({ ADAPTER: adapter })
      // More than all buffers on the way hold, and than is taken until the server gives up waiting.
      await database.pool.query(
        `insert into users (email, name, role, active)
         select n || '-${code}@example.org', repeat('n', 100), 'reader', true from generate_series(1, 150000) n`,
      )
      const url = `${server.url}/v1/exports?resource=users`
      const curl = spawn('curl', ['-s', '-i', '--http1.0', '--limit-rate', '1M', url])
      const reported = once(curl, 'exit')
      await once(curl.stdout, 'data')
      curl.stdout.resume()
      const ended = server.stop()
      if (code === 1) {
        // The first ones are taken for the same Ctrl-C.
        const exitCode = () => {
          server.child.kill('SIGTERM')
          return server.child.exitCode
        }
        await expect.poll(exitCode, { timeout: 4_000 }).toBe(1)
      }
      expect(await ended).toBe(code)
      expect((await reported)[0]).toBe(56)
    }
  },
)

test.each(['fastify', 'express'])(
  'on %s it reports that it is not ready until its workers have stopped, even if no other request is open',
  async adapter => {
    const server = await start({ ADAPTER: adapter })
    // A transaction that has written the same row blocks the batch.
    const other = await database.pool.connect()
    try {
      await other.query('begin')
      await other.query(
        `insert into users (email, name, role, active) values ('0@example.org', 'B', 'reader', true)`,
      )
      await submit(server, users(1))
      const waiting = async () => {
        const { rows } = await database.pool.query(
          `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        )
        return rows.length
      }
      await expect.poll(waiting).toBe(1)
      const ready = async () => {
        const asked = request(`${server.url}/ready`, { agent: false }).end()
        const [response] = await once(asked, 'response')
        response.resume()
        return response.statusCode
      }
      expect(await ready()).toBe(200)
      const ended = server.stop()
      await expect.poll(ready).toBe(503)
      expect(await waiting()).toBe(1)
      await other.query('rollback')
      expect(await ended).toBe(0)
    } finally {
      other.release(true)
    }
  },
)

test.each(['fastify', 'express'])(
  'on %s it does not wait for a client that was rejected, sent nothing more and left',
  async adapter => {
    const server = await start({ ADAPTER: adapter })
    const asking = request(`${server.url}/v1/imports?resource=users`, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'image/png', 'content-length': 10, expect: '100-continue' },
    })
    asking.on('error', () => undefined)
    asking.flushHeaders()
    const [refused] = await once(asking, 'response')
    expect(refused.statusCode).toBe(415)
    refused.resume()
    await once(refused, 'end')
    asking.destroy()
    const ending = fairClock()
    expect(await server.stop()).toBe(0)
    expect(ending()).toBeLessThan(3_000)
  },
)

test('it returns the job that it is working on, and the next server completes it', async () => {
  const first = await start()
  const id = await submit(first, users(100_000))
  await expect.poll(async () => (await statusOf(id)).processed, { interval: 5 }).toBeGreaterThan(0)
  const running = fairClock()
  expect(await first.stop()).toBe(0)
  expect(running()).toBeLessThan(5_000)
  const left = await statusOf(id)
  expect(left.status).toBe('pending')
  expect(left.processed).toBeLessThan(100_000)

  const second = await start()
  await expect.poll(async () => (await statusOf(id)).status, { timeout: 20_000 }).toBe('completed')
  const { rows } = await database.pool.query('select count(*)::int from users')
  expect(rows).toEqual([{ count: 100_000 }])
  expect(await second.stop()).toBe(0)
})

test('with WORKERS_ENABLED=false it leaves the jobs to other processes', async () => {
  const server = await start({ WORKERS_ENABLED: 'false' })
  const id = await submit(server, users(1))
  const other = await start()
  await expect.poll(async () => (await statusOf(id)).status, { timeout: 20_000 }).toBe('completed')
  expect(await other.stop()).toBe(0)
  const next = await submit(server, users(1))
  expect((await fetch(`${server.url}/health`)).status).toBe(200)
  expect((await statusOf(next)).status).toBe('pending')
  expect(await server.stop()).toBe(0)
})
