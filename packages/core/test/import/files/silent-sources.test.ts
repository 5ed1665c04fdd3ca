// A source that falls silent, and cannot be closed: a run that ends for another reason does not wait for it.
import { PassThrough, Readable, Writable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { fairClock } from '../../../../../test-support/fair-clock.ts'
import {
  createImporter,
  defineResource,
  importReportOf,
  type Resource,
  type RunOptions,
  Type,
} from '../../../src/index.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query('create table things (id int primary key)')
})
afterEach(() => database.empty())
afterAll(() => database.drop())

const resources = [defineResource('things', { table: 'things', schema: Type.Object({ id: Type.Integer() }) })]
const never = new Promise<never>(() => undefined)
/** Enough for a batch to be there before the silence. */
const lines = (count: number) =>
  `id\n${Array.from({ length: count }, (_, index) => `${index + 1}\n`).join('')}`
const text = Buffer.from(lines(20_000))

interface Silent {
  readonly options: Pick<RunOptions, 'source' | 'format' | 'compression'>
  /** How often the source was closed. Undefined if unknown. */
  readonly closed?: () => number
}

/** Each gives some records and then nothing more, neither an end nor an error. */
const sources: Readonly<Record<string, () => Silent>> = {
  'a generator of bytes'() {
    async function* bytes(): AsyncGenerator<Buffer> {
      yield text
      await never
    }
    const source = bytes()
    let closed = 0
    const own = source.return.bind(source)
    source.return = value => {
      closed++
      return own(value)
    }
    return { options: { source, format: 'csv' }, closed: () => closed }
  },
  'a generator of objects'() {
    async function* objects(): AsyncGenerator<object> {
      for (let id = 1; id <= 5_000; id++) yield { id }
      await never
    }
    const source = objects()
    let closed = 0
    const own = source.return.bind(source)
    source.return = value => {
      closed++
      return own(value)
    }
    return { options: { source }, closed: () => closed }
  },
  'an iterator without return'() {
    let count = 0
    const next = async () => (count++ === 0 ? { done: false as const, value: text } : never)
    return { options: { source: { [Symbol.asyncIterator]: () => ({ next }) }, format: 'csv' } }
  },
  'an iterator whose return throws'() {
    let count = 0
    let closed = 0
    const iterator = {
      next: async () => (count++ === 0 ? { done: false as const, value: text } : never),
      return() {
        closed++
        throw new Error('cannot close')
      },
    }
    return {
      options: { source: { [Symbol.asyncIterator]: () => iterator }, format: 'csv' },
      closed: () => closed,
    }
  },
  'a Node stream'() {
    const source = new PassThrough()
    source.write(text)
    return { options: { source, format: 'csv' }, closed: () => Number(source.destroyed) }
  },
  'a Node stream that cannot be destroyed'() {
    let closed = 0
    const source = new Readable({
      read() {},
      destroy() {
        closed++
      },
    })
    source.push(text)
    return { options: { source, format: 'csv' }, closed: () => closed }
  },
  'a Web stream'() {
    let closed = 0
    const source = new ReadableStream<Uint8Array>({
      start: controller => controller.enqueue(text),
      cancel() {
        closed++
      },
    })
    return { options: { source, format: 'csv' }, closed: () => closed }
  },
  'a compressed stream'() {
    const source = createGzip()
    source.write(text)
    source.flush()
    return {
      options: { source, format: 'csv', compression: 'gzip' },
      closed: () => Number(source.destroyed),
    }
  },
}

const isIdle = () => expect.poll(() => database.pool.totalCount - database.pool.idleCount).toBe(0)

test.each(Object.entries(sources))('%s: an abort ends the run at once', async (_name, make) => {
  const { options, closed } = make()
  const cancelling = new AbortController()
  let since = () => 0
  const running = createImporter<Resource>({ pool: database.pool, resources, batchRows: 1_000 }).run({
    resource: 'things',
    ...options,
    signal: cancelling.signal,
    onProgress({ processed }) {
      if (processed < 4_000) return
      since = fairClock()
      setImmediate(() => cancelling.abort())
    },
  })
  const error = await running.catch((error: unknown) => error)
  expect(error).toMatchObject({ code: 'CANCELLED' })
  expect(since()).toBeLessThan(1_000)
  if (closed !== undefined) expect(closed()).toBe(1)
  // Everything that was counted is there, and nothing else.
  const { rows } = await database.pool.query('select count(*)::int as count, max(id) from things')
  const successful = importReportOf(error)?.successful
  expect(rows).toEqual([{ count: successful, max: successful }])
  await isIdle()
})

test.each(Object.entries(sources))('%s: a fault ends the run at once', async (_name, make) => {
  const { options, closed } = make()
  const running = createImporter<Resource>({ pool: database.pool, resources, batchRows: 1_000 }).run({
    resource: 'things',
    ...options,
    onProgress({ processed }) {
      if (processed >= 4_000) throw new Error('enough')
    },
  })
  await expect(running).rejects.toMatchObject({ code: 'HOOK_FAILED', report: { successful: 4_000 } })
  if (closed !== undefined) expect(closed()).toBe(1)
  await isIdle()
})

test('an endless source that never waits is closed at the abort', async () => {
  function* numbers(): Generator<object> {
    for (let id = 1; ; id++) yield { id }
  }
  const cancelling = new AbortController()
  const running = createImporter<Resource>({ pool: database.pool, resources }).run({
    resource: 'things',
    source: numbers(),
    signal: cancelling.signal,
    onProgress: () => cancelling.abort(),
  })
  await expect(running).rejects.toMatchObject({ code: 'CANCELLED' })
  await isIdle()
})

test('a run that waits for a connection ends at the abort, and the connection is released when it arrives', async () => {
  const { pool } = database
  const taken = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()))
  const cancelling = new AbortController()
  const running = createImporter<Resource>({ pool, resources }).run({
    resource: 'things',
    source: [{ id: 1 }],
    signal: cancelling.signal,
  })
  await expect.poll(() => pool.waitingCount).toBe(1)
  cancelling.abort()
  await expect(running).rejects.toMatchObject({ code: 'CANCELLED' })
  for (const client of taken) client.release()
  await isIdle()
  expect((await pool.query('select * from things')).rows).toEqual([])
})

test('a stream for rejected records that accepts nothing more is abandoned at the abort', async () => {
  const cancelling = new AbortController()
  const rejects = new Writable({
    write() {
      setImmediate(() => cancelling.abort())
    },
  })
  const running = createImporter<Resource>({ pool: database.pool, resources }).run({
    resource: 'things',
    source: [{ id: 'bad' }],
    signal: cancelling.signal,
    rejects,
  })
  await expect(running).rejects.toMatchObject({ code: 'CANCELLED', report: { failed: 1 } })
  await isIdle()
})
