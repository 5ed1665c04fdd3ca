// Exporters of tables that break while they are printed, on a pool that counts how often it is asked.

import type { Pool } from '@lading/core'
import { createExporter, defineResource } from '@lading/core'
import { withClient } from '@lading/core/internal'
import { Type } from '@sinclair/typebox'
import type { BrittleService } from './harness.ts'

const rows = 6_000
const schema = Type.Object({
  id: Type.Integer(),
  label: Type.String(),
  at: Type.Optional(Type.String({ format: 'date-time' })),
})
const copyRow = (row: Readonly<Record<string, unknown>>) => ({ ...row })

/**
 * Text that does not compress well: what is broken has to be longer than every buffer on its way.
 *
 * Rows must be printed as they are read, from the index. Between an automatic VACUUM and the ANALYZE after it, PostgreSQL
 * prefers to sort what it has printed already, and meets the broken value before the first byte has left.
 */
const tables = `
  create table if not exists suite_lines (id int primary key, label text, at timestamptz)
    with (autovacuum_enabled = off);
  insert into suite_lines
    select id, (select string_agg(md5(id || part::text), '') from generate_series(1, 10) part),
      case when id = ${rows - 1000} then 'infinity'::timestamptz end
    from generate_series(1, ${rows}) id
    on conflict do nothing;
  analyze suite_lines;
  create or replace view suite_whole_lines as select id, label, null::timestamptz as at from suite_lines;
  create or replace view suite_long_lines as select id, repeat(label, 50) as label, at from suite_whole_lines;
  create or replace view suite_sleepy_lines as
    select id, label, case when pg_sleep(60) is null then at end as at from suite_lines`

const resources = [
  defineResource('lines', { table: 'suite_lines', schema }),
  defineResource('lines_by_rows', { table: 'suite_lines', schema, printRow: copyRow }),
  defineResource('whole_lines', { table: 'suite_whole_lines', schema }),
  defineResource('whole_lines_by_rows', { table: 'suite_whole_lines', schema, printRow: copyRow }),
  defineResource('long_lines', { table: 'suite_long_lines', schema }),
  defineResource('long_lines_by_rows', { table: 'suite_long_lines', schema, printRow: copyRow }),
  defineResource('sleepy_lines', { table: 'suite_sleepy_lines', schema }),
]

/** @param pool of a database in which these tables can be made */
export function brittleService(pool: Pool): BrittleService {
  let connections = 0
  const counting: Pool = {
    ...(pool.options && { options: pool.options }),
    connect() {
      connections++
      return pool.connect()
    },
  }
  const count = async (sql: string): Promise<number> => {
    const { rows } = await withClient(pool, client => client.query(sql))
    return Number(rows[0]?.count)
  }
  const printing = `from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend' and state <> 'idle' and query ilike 'copy%suite\\_%' and pid <> pg_backend_pid()`
  let made: Promise<unknown> | undefined
  return {
    resources,
    exporter: createExporter({ pool: counting, resources }),
    async prepare() {
      made ??= withClient(pool, client => client.query(tables))
      await made
    },
    connections: () => connections,
    printing: () => count(`select count(*) ${printing}`),
    terminate: () => count(`select count(pg_terminate_backend(pid)) ${printing}`),
  }
}
