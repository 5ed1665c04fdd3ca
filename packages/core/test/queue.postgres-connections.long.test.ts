// The queue in the database and its connections: how many, what happens when they break, and when there are none.
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { type PostgresQueueOptions, postgresQueue } from '../src/queue/postgres-queue.ts'
import type { Queue } from '../src/queue/queue.ts'
import { consumer, enqueued, gate } from '../src/testing/queue/samples.ts'

const never = 3_600_000
const errors: unknown[] = []
let database: TestDatabase
let pool: pg.Pool
let queue: Queue | undefined
beforeEach(async () => {
  database = await createReferenceDatabase()
  errors.length = 0
})
afterEach(async () => {
  await queue?.close()
  queue = undefined
  await until(() => expect(listening()).toBe(0))
  await pool.end()
  await database.drop()
})

function make({ max = 10, ...options }: Partial<PostgresQueueOptions> & { max?: number } = {}): Queue {
  pool = new pg.Pool({ connectionString: database.url, max })
  pool.on('error', () => undefined)
  queue = postgresQueue({ pool, pollMs: never, onError: error => errors.push(error), ...options })
  return queue
}

/** Connections that nobody gives back: those that listen. Statements borrow one for a moment too. */
function listening(): number {
  return pool.totalCount - pool.idleCount
}

/** Ends all connections of the pool, as a restart of the database would. */
async function breakConnections(): Promise<void> {
  await database.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`,
  )
}

const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 10_000, interval: 10 })

test('one connection listens for all consumers of a queue, and none when there are no consumers', async () => {
  const queue = make()
  await enqueued(queue, 1)
  expect(listening()).toBe(0)
  const consumers = [consumer(queue), consumer(queue), consumer(queue, undefined, { kind: 'export' })]
  await until(() => expect(listening()).toBe(1))
  await consumers[0]?.stop()
  // Another one may be about to acknowledge.
  await until(() => expect(listening()).toBe(1))
  await Promise.all(consumers.map(({ stop }) => stop()))
  expect(listening()).toBe(0)
  expect(errors).toEqual([])
})

test('the listening connection comes back by itself, and what was enqueued meanwhile is delivered', async () => {
  const queue = make()
  const { delivered, stop } = consumer(queue)
  await enqueued(queue, 1)
  await until(() => expect(delivered.length).toBe(1))
  for (let round = 2; round <= 4; round++) {
    await breakConnections()
    await enqueued(postgresQueue({ pool: database.pool }), 1)
    await until(() => expect(delivered.length).toBe(round))
  }
  await stop()
  expect(errors.length).toBeGreaterThan(0)
})

test('an outage of the database is waited out, and the handler that runs is not disturbed', async () => {
  const queue = make({ pollMs: 50, visibilityMs: 1_000 })
  const { opened, open } = gate()
  const { delivered, stop } = consumer(queue, () => opened, { concurrency: 2 })
  await enqueued(queue, 1)
  await until(() => expect(delivered.length).toBe(1))
  const connect = pool.connect
  pool.connect = () => Promise.reject(new Error('ECONNREFUSED'))
  await breakConnections()
  await until(() => expect(errors.length).toBeGreaterThan(3))
  pool.connect = connect
  open()
  const [id] = await enqueued(queue, 1)
  await until(() => expect(delivered).toContain(id))
  await until(async () => expect(await queue.depth('import')).toBe(0))
  await stop()
})

test('a queue without its table says so at the first look', async () => {
  const queue = make()
  await database.pool.query('drop table lading.queue')
  await expect(consumer(queue).ended).rejects.toMatchObject({
    code: 'DATABASE_REFUSED',
    message: expect.stringContaining('run the migrations'),
  })
  const message = { jobId: randomUUID(), resource: 'users', kind: 'import' } as const
  await expect(queue.enqueue(message)).rejects.toMatchObject({ code: 'DATABASE_REFUSED' })
})

test('handlers that use up the pool do not keep their own messages from being renewed', async () => {
  const queue = make({ max: 4, visibilityMs: 1_000 })
  const { opened, open } = gate()
  const { delivered, stop } = consumer(
    queue,
    async () => {
      const client = await pool.connect()
      await opened
      client.release()
    },
    { concurrency: 3 },
  )
  await enqueued(queue, 3)
  await until(() => expect(pool.totalCount - pool.idleCount).toBe(4))
  const since = performance.now()
  await until(() => expect(performance.now()).toBeGreaterThan(since + 1_500))
  const other = postgresQueue({ pool: database.pool, pollMs: 50 })
  const late = consumer(other)
  const [id] = await enqueued(other, 1)
  await until(() => expect(late.delivered).toContain(id))
  open()
  await Promise.all([stop(), late.stop()])
  expect([delivered.length, late.delivered]).toEqual([3, [id]])
  expect(errors).toEqual([])
})

test('a pool of one connection is not taken for listening', async () => {
  const queue = make({ max: 1, pollMs: 20 })
  const { delivered, stop } = consumer(queue)
  await enqueued(queue, 3)
  await until(() => expect(delivered.length).toBe(3))
  await until(() => expect(listening()).toBe(0))
  await stop()
})

test('a consumer that waits for a connection ends by its signal', async () => {
  const queue = make({ max: 1, pollMs: 20 })
  const client = await pool.connect()
  const { abort, ended } = consumer(queue)
  await until(() => expect(pool.waitingCount).toBe(1))
  // While nobody gives the connection back, which it would wait for without end.
  abort()
  await ended
  expect([pool.totalCount, pool.idleCount]).toEqual([1, 0])
  client.release()
})

test('a statement that never ends is given up, and the consumer goes on on another connection', async () => {
  // The statement that was given up may still claim when the lock is gone; as from the dead, it comes again.
  const queue = make({ pollMs: 50, visibilityMs: 1_000 })
  const { delivered, stop } = consumer(queue)
  await until(() => expect(listening()).toBe(1))
  const client = await database.pool.connect()
  await client.query('begin; lock table lading.queue')
  await until(() => expect(errors).toContainEqual(expect.objectContaining({ code: 'DATABASE_UNAVAILABLE' })))
  await client.query('commit')
  client.release()
  await enqueued(queue, 1)
  await until(() => expect(delivered.length).toBe(1))
  await stop()
})

test('looks into the queue are few: one for each wake-up, and none while no handler is free', async () => {
  const queue = make({ listen: false, pollMs: 200 })
  let looks = 0
  pool.on('acquire', () => {
    looks++
  })
  const { opened, open } = gate()
  const { delivered, stop } = consumer(queue, () => opened)
  const since = performance.now()
  await until(() => expect(looks).toBe(4))
  expect(performance.now() - since).toBeGreaterThan(590)
  const other = postgresQueue({ pool: database.pool })
  await enqueued(other, 20)
  await until(() => expect(delivered.length).toBe(1))
  const before = looks
  const busySince = performance.now()
  await until(() => expect(performance.now()).toBeGreaterThan(busySince + 500))
  expect(looks).toBe(before)
  open()
  await until(() => expect(delivered.length).toBe(20))
  // A claim and an acknowledgement for each message.
  expect(looks - before).toBeLessThan(50)
  await stop()
})
