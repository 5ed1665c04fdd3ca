// F19, F20, F21: exports over HTTP whose clients leave, whose database breaks, and whose readers are slow.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { type ClientRequest, get, type IncomingMessage } from 'node:http'
import pg from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startServer } from '../examples/reference-server/test/support.ts'
import { createExporter, defineResource, Type } from '../packages/core/src/index.ts'
import { fairClock } from '../test-support/fair-clock.ts'
import { hosts } from './support/export-hosts.ts'
import { faultHarness } from './support/harness.ts'
import { ask, idleProcess, type LoopDelay, watched } from './support/watched.ts'

const harness = faultHarness()
const author = '00000000-0000-4000-8000-000000000001'

/** 5 KB each. In row `broken`, `updated_at` cannot be printed. Analysed, so that the rows are in the order of an index. */
const articles = (count: number, broken = 0) => `
  insert into users (id, email, name, role, active) values ('${author}', 'a@example.org', 'A', 'author', true);
  insert into articles (id, slug, title, content, author_id, status, updated_at)
    select ('10000000-0000-4000-8000-' || lpad(row::text, 12, '0'))::uuid, 'slug-' || row, 'Title', repeat(md5(row::text), 156),
      '${author}', 'draft', case when row = ${broken} then 'infinity'::timestamptz else now() end
    from generate_series(1, ${count}) row;
  analyze articles`

const printing = async (): Promise<number> => {
  const { rows } = await harness.pool.query(
    `select count(*)::int as count from pg_stat_activity
      where datname = current_database() and state <> 'idle' and query ilike 'copy%'`,
  )
  return rows[0]?.count
}

async function responseOf(request: ClientRequest): Promise<IncomingMessage> {
  const [answer] = await once(request, 'response')
  return answer
}

const schema = Type.Object({ id: Type.String({ format: 'uuid' }), content: Type.String() })
const resources = [
  defineResource('articles', { table: 'articles', schema }),
  defineResource('articles_by_rows', { table: 'articles', schema, printRow: row => ({ ...row }) }),
]
const ways = [
  'resource=articles&format=csv',
  'resource=articles&format=csv&excel=true',
  'resource=articles&format=ndjson&compression=gzip',
  'resource=articles_by_rows&format=json',
  'resource=articles_by_rows&format=csv&compression=gzip',
]

describe.each(Object.entries(hosts))('%s', (adapter, start) => {
  test('two hundred clients disconnect after a megabyte or less: each frees its backend within a second, and nothing is left', async () => {
    await harness.pool.query(articles(20_000))
    const pool = new pg.Pool({ connectionString: harness.database.url, max: 4 })
    const exporter = createExporter({ pool, resources })
    const host = await start({ exporter, resources, jobs: harness.jobs })
    const idle = await idleProcess(`${adapter}-beside`)
    onTestFinished(() => void idle.kill())
    const descriptors = async () => (await readdir('/proc/self/fd')).length
    const leave = async (query: string, wanted: number) => {
      const request = get(`${host.url}/v1/exports?${query}`, { agent: false })
      request.on('error', () => undefined)
      const answer = await responseOf(request)
      answer.on('error', () => undefined)
      let received = 0
      for await (const chunk of answer) {
        received += chunk.length
        if (received >= wanted) break
      }
      request.destroy()
      const running = fairClock()
      await expect.poll(printing, { interval: 5 }).toBe(0)
      await expect.poll(() => pool.totalCount - pool.idleCount, { interval: 5 }).toBe(0)
      return running()
    }
    for (const way of ways) await leave(way, 1)
    const before = await descriptors()
    let longest = 0
    for (let time = 0; time < 200; time++) {
      // Compressed, a megabyte would be most of it.
      const way = ways[time % ways.length] ?? ''
      longest = Math.max(longest, await leave(way, way.endsWith('gzip') ? 50_000 : 1_000_000))
    }
    process.stdout.write(
      `${adapter}: a backend was free ${longest.toFixed(0)} ms after its client left, at the longest.\n`,
    )
    const machine = await ask<LoopDelay>(idle, `${adapter}-beside`)
    expect(longest).toBeLessThan(1_000 + machine.maxMs)
    // Back to its full size: as many connections as it may have can be borrowed at once.
    const clients = await Promise.all([pool.connect(), pool.connect(), pool.connect(), pool.connect()])
    for (const client of clients) client.release()
    await pool.end()
    await host.stop()
    await expect.poll(descriptors).toBeLessThan(before + 10)
  })

  test('an export of 500 MB that breaks in its last rows is seen as broken by curl, http and fetch, compressed or not', async () => {
    const rows = 100_000
    await harness.pool.query(articles(rows, rows - 1))
    const server = await startServer({ DATABASE_URL: harness.database.url, ADAPTER: adapter })
    const url = `${server.url}/v1/exports?resource=articles&format=csv`
    const curl = (...options: string[]) =>
      new Promise<{ code: unknown; bytes: number }>(resolve => {
        const args = ['-s', '-o', '/dev/null', '-w', '%{size_download}', ...options, url]
        execFile('curl', args, (error, out) => resolve({ code: error?.code ?? 0, bytes: Number(out) }))
      })
    const plain = await curl()
    expect(plain.code).toBe(18)
    expect(plain.bytes).toBeGreaterThan(400_000_000)
    expect((await curl('--compressed')).code).toBe(18)
    expect((await curl('--http1.0')).code).toBe(56)
    const answer = await fetch(url)
    await expect(
      (async () => {
        for await (const _chunk of answer.body ?? []);
      })(),
    ).rejects.toThrow('terminated')
    // A reader that asks for the rows before it gets a complete file.
    expect(await curl('-G', '-d', 'updated_at.lt=9999-01-01T00:00:00Z', '-d', 'limit=1000')).toMatchObject({
      code: 0,
    })
    expect(await server.stop()).toBe(0)
  }, 120_000)

  test('a reader that takes 64 KiB every 100 ms of 500 MB costs the server no more memory, and others are served meanwhile', async () => {
    await harness.pool.query(articles(100_000))
    const server = await startServer({
      DATABASE_URL: harness.database.url,
      ADAPTER: adapter,
      ...watched('loop-delay', adapter),
    })
    const idle = await idleProcess(`${adapter}-idle`)
    onTestFinished(() => void idle.kill())
    const peak = async () => {
      const status = await readFile(`/proc/${server.child.pid}/status`, 'utf8')
      return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024
    }
    // What a first export needs at all, to its end.
    await (await fetch(`${server.url}/v1/exports?resource=articles&format=csv&limit=10000`)).arrayBuffer()
    await ask<LoopDelay>(server.child, adapter)
    await ask<LoopDelay>(idle, `${adapter}-idle`)
    const before = await peak()
    const request = get(`${server.url}/v1/exports?resource=articles&format=csv`, { agent: false })
    const answer = await responseOf(request)
    answer.on('error', () => undefined)
    let received = 0
    const ends = performance.now() + 10_000
    while (performance.now() < ends) {
      const chunk: Buffer | null = answer.read(64 * 1024) ?? answer.read()
      received += chunk?.length ?? 0
      await new Promise(resolve => setTimeout(resolve, 100))
    }
    expect(received).toBeGreaterThan(64 * 1024)
    expect(await printing()).toBe(1)
    const { p99Ms, maxMs, count } = await ask<LoopDelay>(server.child, adapter)
    const growth = (await peak()) - before
    const machine = await ask<LoopDelay>(idle, `${adapter}-idle`)
    request.destroy()
    await expect.poll(printing).toBe(0)
    process.stdout.write(
      `${adapter}: a slow reader had ${received} bytes; the server grew by ${growth.toFixed(1)} MB; its event loop's delay: p99 ${p99Ms.toFixed(1)} ms, at most ${maxMs.toFixed(1)} ms; that of an idle process: p99 ${machine.p99Ms.toFixed(1)} ms.\n`,
    )
    expect(growth).toBeLessThanOrEqual(64)
    expect(count).toBeGreaterThan(100)
    // Delays of a busy machine are not the fault of the server.
    expect(p99Ms).toBeLessThanOrEqual(50 + machine.p99Ms)
    expect(await server.stop()).toBe(0)
  })
})
