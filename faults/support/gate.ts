// Holds imports of cargo at a row of the table: "in the middle" is then where the test says, and no matter of luck.
import pg from 'pg'
import { expect } from 'vitest'
import type { FaultHarness } from './harness.ts'

export interface Gate {
  /** Waits until a batch stands before the gate. */
  reached(): Promise<void>
  open(): Promise<void>
}

const lock = 42

/** The first batch that finds this many rows in the table waits until the gate is opened. */
export async function gateAt(harness: FaultHarness, rows: number): Promise<Gate> {
  await harness.pool.query(`
    create function wait_at_gate() returns trigger language plpgsql as $$ begin
      if (select count(*) from cargo) >= ${rows} then perform pg_advisory_xact_lock(${lock}); end if;
      return null; end $$;
    create trigger gate before insert on cargo execute function wait_at_gate()`)
  const keeper = new pg.Client(harness.database.url)
  // It ends with the database, if the test does not come to open it.
  keeper.on('error', () => undefined)
  await keeper.connect()
  await keeper.query('select pg_advisory_lock($1)', [lock])
  const waiting = async () => {
    const { rowCount } = await harness.pool.query(
      `select from pg_locks where locktype = 'advisory' and not granted
         and database = (select oid from pg_database where datname = current_database())`,
    )
    return rowCount
  }
  return {
    reached: () => expect.poll(waiting).toBe(1),
    open: () => keeper.end(),
  }
}
