// What faults must not leave: uncaught errors, locked jobs, connections, staging tables.
import type pg from 'pg'
import { expect } from 'vitest'
import { applicationName, type WorkerEvent } from './settings.ts'

export function unhandledOf(events: readonly WorkerEvent[]): readonly WorkerEvent[] {
  return events.filter(({ event }) => event === 'unhandled')
}

export async function expectNothingLeft(pool: pg.Pool): Promise<void> {
  const left = async () => {
    const { rows } = await pool.query(
      `select
         (select count(*) from pg_stat_activity where application_name = $1 and datname = current_database())::int
           as backends,
         (select count(*) from pg_class where relpersistence = 't')::int as staging,
         (select count(*) from pg_prepared_xacts)::int as prepared,
         (select count(*) from lading.jobs where status = 'processing' or lease_until is not null)::int as held`,
      [applicationName],
    )
    return rows[0]
  }
  await expect.poll(left, { interval: 50 }).toEqual({ backends: 0, staging: 0, prepared: 0, held: 0 })
}
