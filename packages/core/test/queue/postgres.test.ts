// The queue in the database does what every queue must.
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { queueSuite } from '../../../conformance/src/queue/queue-suite.ts'
import { postgresQueue } from '../../src/queue/postgres-queue.ts'
import type { Queue } from '../../src/queue/queue.ts'

// It needs no table of Lading's.
let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database.drop())

function poolOf(max?: number): pg.Pool {
  const pool = new pg.Pool({ connectionString: database.url, ...(max !== undefined && { max }) })
  return pool.on('error', () => undefined)
}

const queueOn = (pool: pg.Pool, listen?: boolean) => postgresQueue({ listen }).withPool?.(pool) as Queue

queueSuite({
  name: 'PostgreSQL',
  async create() {
    const pools: pg.Pool[] = []
    const queueOf = () => {
      const pool = poolOf()
      pools.push(pool)
      return queueOn(pool)
    }
    return {
      queue: queueOf(),
      another: async () => queueOf(),
      begin: async () => {
        const client = await database.pool.connect()
        client.on('error', () => undefined)
        await client.query('begin')
        const end = (sql: string) => async () => {
          await client.query(sql)
          client.release()
        }
        return { client, commit: end('commit'), rollback: end('rollback') }
      },
      cleanup: async () => {
        await Promise.all(pools.map(pool => pool.end()))
      },
    }
  },
  register: { describe, test },
})

test('before it has a pool, it reports what to do', async () => {
  const queue = postgresQueue()
  await expect(queue.wake('import')).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: 'This queue has no pool yet; pass it to createJobs first.',
  })
  await queue.close?.()
})

test.each([
  ['listen is false', 10, false],
  ['the pool has only two', 2, undefined],
])('no connection is held to listen if %s', async (_, max, listen) => {
  const pool = poolOf(max)
  const queue = queueOn(pool, listen)
  const stop = new AbortController()
  const heard: unknown[] = []
  const listening = queue.listen({
    lanes: ['import'],
    onWake: lane => heard.push(lane),
    onInterrupt: id => heard.push(id),
    onError: error => heard.push(error),
    signal: stop.signal,
  })
  // A listener that had a connection would have taken it before these come back.
  await queue.check?.()
  await queue.wake('import')
  expect([pool.totalCount, pool.idleCount, heard]).toEqual([1, 1, []])
  // Interrupts of this process need no connection.
  await queue.interrupt('a job')
  expect(heard).toEqual(['a job'])
  stop.abort()
  await listening
  await pool.end()
})
