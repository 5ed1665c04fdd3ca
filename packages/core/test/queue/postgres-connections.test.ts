// The connection on which a queue listens: one for each listener, and what happens when it breaks.
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { listener } from '../../../conformance/src/queue/queue-samples.ts'
import { postgresQueue } from '../../src/queue/postgres-queue.ts'
import type { Queue } from '../../src/queue/queue.ts'

let database: TestDatabase
let pool: pg.Pool
let queue: Queue
beforeEach(async () => {
  database = await createDatabase()
  pool = new pg.Pool({ connectionString: database.url, max: 10 })
  pool.on('error', () => undefined)
  queue = postgresQueue().withPool?.(pool) as Queue
})
afterEach(async () => {
  await queue.close?.()
  await pool.end()
  await database.drop()
})

const poll = <Value>(value: () => Value) => expect.poll(value, { timeout: 20_000, interval: 5 })

/** Connections that are never released. */
const kept = () => pool.totalCount - pool.idleCount

/** Ends all connections of the pool, as a restart of the database would. */
const breakConnections = () =>
  database.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`,
  )

test('one connection listens for as long as there is a listener', async () => {
  await queue.wake('import')
  expect(kept()).toBe(0)
  const heard = listener(queue, ['import', 'export', 'fetch'])
  await poll(() => heard.wakes.length).toBe(1)
  expect(kept()).toBe(1)
  await queue.wake('export')
  await poll(() => heard.count('export')).toBe(1)
  expect(kept()).toBe(1)
  await heard.stop()
  expect(kept()).toBe(0)
})

test('it reconnects without intervention, and reports each time that notifications may have been missed', async () => {
  const errors: unknown[] = []
  const wakes: (string | undefined)[] = []
  const stop = new AbortController()
  const listening = queue.listen({
    lanes: ['import'],
    onWake: lane => void wakes.push(lane),
    onInterrupt: () => undefined,
    onError: error => void errors.push(error),
    signal: stop.signal,
  })
  for (let round = 1; round <= 3; round++) {
    await poll(() => wakes.filter(lane => lane === undefined).length).toBe(round)
    await breakConnections()
  }
  await poll(() => wakes.filter(lane => lane === undefined).length).toBe(4)
  await queue.wake('import').catch(() => queue.wake('import'))
  await poll(() => wakes.includes('import')).toBe(true)
  stop.abort()
  await listening
  expect(errors.length).toBeGreaterThan(0)
})

test('it waits until an outage of the database is over', async () => {
  const heard = listener(queue, ['import'])
  await poll(() => heard.wakes.length).toBe(1)
  const connect = pool.connect
  let refused = 0
  pool.connect = () => {
    refused++
    return Promise.reject(new Error('connect ECONNREFUSED'))
  }
  await breakConnections()
  await poll(() => refused).toBeGreaterThan(2)
  await expect(queue.wake('import')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
  await expect(queue.check?.()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
  pool.connect = connect
  await poll(() => heard.wakes.length).toBe(2)
  await heard.stop()
})

test('close releases the connection, and later interrupts are not received', async () => {
  const heard = listener(queue, ['import'])
  await poll(() => heard.wakes.length).toBe(1)
  await queue.close?.()
  await heard.ended
  expect(kept()).toBe(0)
  await queue.interrupt('a job')
  expect(heard.interrupts).toEqual([])
})
