// The queue in the database does what every queue must.
import pg from 'pg'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { postgresQueue } from '../src/queue/postgres-queue.ts'
import { queueSuite } from '../src/testing/queue/suite.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createReferenceDatabase()
})
afterAll(() => database.drop())

for (const listen of [true, false]) {
  queueSuite({
    name: `PostgreSQL, ${listen ? 'listening' : 'polling'}`,
    async create(settings) {
      await database.pool.query('truncate lading.queue')
      const pools: pg.Pool[] = []
      const queueOf = (pool: pg.Pool) =>
        postgresQueue({ pool, listen, ...settings, ...(!listen && { pollMs: 20 }) })
      const another = () => {
        const pool = new pg.Pool({ connectionString: database.url })
        pool.on('error', () => undefined)
        pools.push(pool)
        return pool
      }
      return {
        queue: queueOf(another()),
        another: async () => queueOf(another()),
        frail: async () => frail(another(), queueOf),
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
}

/** Cut off, its connections are gone and it gets no new one, as from behind a broken network. */
async function frail<Queue>(pool: pg.Pool, queueOf: (pool: pg.Pool) => Queue) {
  const { rows } = await pool.query('select pg_backend_pid() as pid')
  const pids = new Set<number>(rows.map(({ pid }) => pid))
  pool.on('connect', async client => {
    pids.add((await client.query('select pg_backend_pid() as pid')).rows[0].pid)
  })
  return {
    queue: queueOf(pool),
    async cut() {
      pool.connect = () => Promise.reject(new Error('cut off'))
      await database.pool.query('select pg_terminate_backend(pid) from unnest($1::int[]) as pid', [[...pids]])
    },
  }
}
