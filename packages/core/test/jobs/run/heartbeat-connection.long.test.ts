// The connection of the heartbeat: independent of the exhausted pool, and one for all jobs.
import { once } from 'node:events'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import {
  createExporter,
  createImporter,
  createJobs,
  memoryStorage,
  postgresQueue,
} from '../../../src/index.ts'
import { resources } from '../../support.ts'

const leaseSeconds = 3
/** The workers below, and one for control. */
const connections = 3 + 3

let database: TestDatabase
let pool: pg.Pool
let open: () => void
let end: () => Promise<void>
const faults: unknown[] = []

/** Three export jobs whose storage takes nothing until it is opened, on a pool that others use up. */
beforeEach(async () => {
  faults.length = 0
  database = await createReferenceDatabase()
  await database.pool.query(noteBeatsSql)
  pool = new pg.Pool({ connectionString: database.url, max: connections })
  const queue = postgresQueue()
  const isOpen = new Promise<void>(resolve => {
    open = resolve
  })
  const storage = memoryStorage()
  let begun = 0
  const jobs = createJobs({
    importer: createImporter({ pool, resources }),
    exporter: createExporter({ pool, resources }),
    queue,
    storage: {
      ...storage,
      async put(key, source, options) {
        begun++
        const reported = options?.signal
        await Promise.race([isOpen, reported && once(reported, 'abort')])
        return storage.put(key, source, options)
      },
    },
    leaseSeconds,
    onError: error => faults.push(error),
  })
  for (let job = 0; job < 3; job++) await jobs.submitExport({ resource: 'users', format: 'csv' })
  const stopping = new AbortController()
  const working = jobs.work({ signal: stopping.signal, imports: 0, exports: 3 })
  await expect.poll(() => begun).toBe(3)
  await expect.poll(() => leases()).toSatisfy(allHold)

  const held: pg.PoolClient[] = []
  const waiting: Promise<unknown>[] = []
  for (let other = 0; other < 2 * connections; other++) {
    waiting.push(pool.connect().then(client => held.push(client)))
  }
  // The pool is exhausted, and many wait for a connection.
  await expect.poll(() => [pool.totalCount, pool.idleCount]).toEqual([connections, 0])
  end = async () => {
    open()
    stopping.abort()
    for (let given = 0; given < waiting.length; given++) {
      await expect.poll(() => held.length).toBeGreaterThan(0)
      held.pop()?.release()
    }
    await working
    await queue.close?.()
    await pool.end()
  }
})
afterEach(async () => {
  await end()
  await database.drop()
})

interface Lease {
  readonly holds: boolean
  /** From the claim to the end of the lease. */
  readonly seconds: number
}

/** Asked on a connection of another pool. */
async function leases(): Promise<Lease[]> {
  const { rows } = await database.pool.query(
    `select lease_until > clock_timestamp() as holds,
       extract(epoch from lease_until - claimed_at)::float as seconds from lading.jobs order by number`,
  )
  return rows
}

const allHold = (found: readonly Lease[]) => found.length === 3 && found.every(({ holds }) => holds)

/** Waits until all leases were renewed after several times their length, and asserts that none expires meanwhile. */
async function expectRenewed(lengths: number, from = 0): Promise<void> {
  const shortest = async () => {
    const found = (await leases()).slice(from)
    expect(found.filter(({ holds }) => !holds)).toEqual([])
    return Math.min(...found.map(({ seconds }) => seconds))
  }
  await expect.poll(shortest, { timeout: 20_000 }).toBeGreaterThan(lengths * leaseSeconds)
}

/** Written down by the database, because it shows of a statement the beginning only: which connection renews leases. */
const noteBeatsSql = `
  create table beats (number serial, pid int);
  create function note_beat() returns trigger language plpgsql as $$ begin
    insert into beats (pid) values (pg_backend_pid());
    return null; end $$;
  create trigger noting after update on lading.jobs for each row
    when (old.status = 'processing' and new.status = 'processing' and new.lease_until > old.lease_until)
    execute function note_beat()`

test('no heartbeat waits for the pool when it is exhausted, and one connection renews the leases of all jobs', async () => {
  const waiting = pool.waitingCount
  expect(waiting).toBeGreaterThan(connections)
  await expectRenewed(3)
  expect(pool.waitingCount).toBe(waiting)
  expect((await database.pool.query('select distinct pid from beats')).rowCount).toBe(1)
  expect(faults).toEqual([])
})

test('a heartbeat connection that breaks is replaced before clients that wait for the pool are served', async () => {
  // One that broke at once would not be replaced before a pause.
  const terminateSql = `select pg_terminate_backend(pid) from pg_stat_activity
    where pid = (select pid from beats order by number desc limit 1)
      and backend_start < clock_timestamp() - interval '1.5 s'`
  for (const lengths of [2, 3]) {
    await expect.poll(async () => (await database.pool.query(terminateSql)).rowCount).toBe(1)
    await expectRenewed(lengths)
  }
  expect(faults).toHaveLength(2)
})

test('a job whose row is locked does not delay the heartbeats of the others', async () => {
  const otherSession = await database.pool.connect()
  try {
    await otherSession.query('begin')
    await otherSession.query('select from lading.jobs order by number limit 1 for update')
    await expectRenewed(2.5, 1)
    await otherSession.query('rollback')
  } finally {
    otherSession.release()
  }
  await expect.poll(leases, { timeout: 10_000 }).toSatisfy(allHold)
})
