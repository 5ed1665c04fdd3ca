// A separate database for each test file: empty, or with the reference tables.
import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { inject } from 'vitest'

export interface TestDatabase {
  readonly url: string
  readonly name: string
  /** Large enough for the default number of workers; closed by `drop`. */
  readonly pool: pg.Pool
  /** Two connections with a connection time-out of half a second; closed by `drop` too. */
  readonly smallPool: pg.Pool
  /** Empties all tables, for the next test. Rejects if a connection was never returned to the pool. */
  empty(): Promise<void>
  /** Drops the database. Rejects if a connection was never returned to the pool. */
  drop(): Promise<void>
}

/** An empty database. */
export function createDatabase(): Promise<TestDatabase> {
  return create('')
}

/** A database with the tables of Lading and of the reference server. */
export function createReferenceDatabase(): Promise<TestDatabase> {
  return create(`template ${inject('templateDatabase')}`)
}

async function create(options: string): Promise<TestDatabase> {
  const name = `lading_test_${randomBytes(6).toString('hex')}`
  await asAdmin(`create database ${name} ${options} strategy ${inject('copyStrategy')}`)
  const url = new URL(inject('adminUrl'))
  url.pathname = `/${name}`
  const poolOf = (max: number, connectionTimeoutMillis: number) => {
    const pool = new pg.Pool({
      connectionString: url.href,
      max,
      connectionTimeoutMillis,
      idleTimeoutMillis: 0,
    })
    return pool.on('error', () => undefined)
  }
  const pool = poolOf(10, 10_000)
  const scarce = poolOf(2, 500)
  const checkedOut = () =>
    [pool, scarce].reduce((sum, { totalCount, idleCount }) => sum + totalCount - idleCount, 0)
  async function allReturned(): Promise<void> {
    // A connection of a cancelled operation may still be on its way back.
    const deadline = performance.now() + 5_000
    while (checkedOut() > 0 && performance.now() < deadline) await setTimeout(10)
    if (checkedOut() > 0) throw new Error(`${checkedOut()} connections were never returned to the pool`)
  }
  return {
    url: url.href,
    name,
    pool,
    smallPool: scarce,
    async empty() {
      await allReturned()
      await pool.query(emptyAll)
    },
    async drop() {
      const leaks = await allReturned().catch((error: unknown) => error)
      // A pool waits for what it lent out. A server that still has connections to a database waits 100 ms to drop it.
      const end = () => Promise.all([pool.end(), scarce.end()])
      if (leaks === undefined) await end()
      await connectionsEnded(name)
      await asAdmin(`drop database ${name} with (force)`)
      if (leaks === undefined) return
      await end()
      throw leaks
    },
  }
}

/**
 * All tables but the one that says which migrations were applied. Few rows are deleted in a tenth of the time that new
 * files for all tables and indexes take.
 */
const emptyAll = `do $$
declare name regclass;
begin
  -- Neither triggers nor foreign keys are of use here.
  perform set_config('lock_timeout', '5s', true), set_config('session_replication_role', 'replica', true);
  for name in
    select oid from pg_class
    where relkind = 'r' and relnamespace::regnamespace::text in ('lading', 'public') and relname <> 'migrations'
  loop
    execute format('delete from %s', name);
  end loop;
  perform setval(seqrelid::regclass, seqstart, false) from pg_sequence;
end $$`

let admin: pg.Pool | undefined

/** On one connection for all files of this process: a new one takes as long as the copy of a database. */
async function asAdmin(sql: string): Promise<pg.QueryResult> {
  admin ??= new pg.Pool({
    connectionString: inject('adminUrl'),
    max: 1,
    idleTimeoutMillis: 0,
    allowExitOnIdle: true,
  }).on('error', () => undefined)
  return admin.query(sql)
}

/**
 * The promise of a pool's `end` does not wait for its connections. One that is terminated before it has ended emits an
 * error, and a pool of a test may have no listener any more. Waits half a second for those that stay open.
 */
async function connectionsEnded(database: string): Promise<void> {
  const deadline = performance.now() + 500
  const count = `select count(*)::int as open from pg_stat_activity where datname = '${database}'`
  while ((await asAdmin(count)).rows[0].open > 0 && performance.now() < deadline) await setTimeout(10)
}
