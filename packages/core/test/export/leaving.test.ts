// Readers that leave, and databases that fail late: on every road, nothing is left, and no part passes for the whole.
import { once } from 'node:events'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { createExporter, defineResource, type Exporter, type StreamOptions, Type } from '../../src/index.ts'

const rows = 60_000
const schema = Type.Object({ id: Type.Integer(), label: Type.String() })

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  // Between an automatic VACUUM and its ANALYZE, PostgreSQL would sort the rows, and fail before it sends the first one.
  await database.pool.query(`create table lines (id int primary key, label text) with (autovacuum_enabled = off);
    insert into lines select g, repeat(md5(g::text), 6) from generate_series(1, ${rows}) g;
    analyze lines;
    create view shaky as select id, case when id < ${rows - 5_000} then label else (1 / (id - id))::text end as label from lines;
    create view sleepy as select id, case when pg_sleep(60) is null then label else label end as label from lines`)
})
afterAll(() => database.drop())

const borrowed = () => database.pool.totalCount - database.pool.idleCount

/** Backends of this database that are printing, whichever test they belong to. */
async function printing(): Promise<number> {
  const { rows } = await database.pool.query(
    `select count(*)::int as count from pg_stat_activity
      where datname = current_database() and backend_type = 'client backend'
        and query ilike 'copy%' and state <> 'idle'`,
  )
  return rows[0]?.count
}

const roads: Readonly<Record<string, Partial<StreamOptions> & { readonly isByRows?: true }>> = {
  CSV: { format: 'csv' },
  'CSV for Excel': { format: 'csv', excel: true },
  'NDJSON, compressed': { format: 'ndjson', compression: 'gzip' },
  'a JSON array': { format: 'json' },
  'rows through Node': { format: 'csv', isByRows: true },
  'rows through Node, as a compressed JSON array': { format: 'json', compression: 'gzip', isByRows: true },
}

describe.each(Object.entries(roads))('%s', (_road, { isByRows, ...shape }) => {
  const open = (table: string) => {
    const printRow = (row: Readonly<Record<string, unknown>>) => ({ ...row })
    const resource = defineResource(table, { table, schema, ...(isByRows && { printRow }) })
    const exporter: Exporter = createExporter({ pool: database.pool, resources: [resource] })
    return exporter.stream({ resource: table, format: 'csv', ...shape })
  }

  test('a reader that leaves early frees its connection each time, and leaves no backend', async () => {
    for (let time = 0; time < 5; time++) {
      const stream = open('lines')
      await once(stream, 'readable')
      stream.read(1)
      stream.destroy()
      await once(stream, 'close')
      await expect.poll(borrowed).toBe(0)
    }
    await expect.poll(printing).toBe(0)
  })

  test('a reader that leaves before the first byte ends the query that it waits for, a minute before its end', async () => {
    const stream = open('sleepy')
    const began = once(stream, 'readable').catch(() => undefined)
    await expect.poll(printing).toBe(1)
    stream.destroy()
    await expect.poll(borrowed).toBe(0)
    await expect.poll(printing).toBe(0)
    void began
  })

  test.each(['an error of the query', 'the backend is terminated'])(
    'in mid-stream, %s breaks the connection: the reader is informed, and its file is incomplete',
    async how => {
      const parts: Buffer[] = []
      const isTerminated = how !== 'an error of the query'
      let terminated: Promise<unknown> | undefined
      const sink = new Writable({
        write(chunk: Buffer, _encoding, done) {
          parts.push(chunk)
          if (isTerminated) {
            terminated ??= database.pool.query(
              `select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'copy%' and datname = current_database()`,
            )
          }
          // As slowly as it takes to be in the middle still.
          void Promise.resolve(terminated).then(() => setImmediate(done))
        },
      })
      const failure: unknown = await pipeline(open(isTerminated ? 'lines' : 'shaky'), sink).catch(
        (error: unknown) => error,
      )
      expect(failure).toMatchObject({ code: isTerminated ? 'DATABASE_UNAVAILABLE' : 'DATABASE_REFUSED' })
      const received = Buffer.concat(parts)
      // Compressed, the first piece is a few hundred bytes, or not ready when the fault comes.
      if (shape.compression === 'gzip') expect(() => gunzipSync(received)).toThrow()
      else {
        expect(received.length).toBeGreaterThan(0)
        expect(received.toString().endsWith(']\n')).toBe(false)
      }
      await expect.poll(borrowed).toBe(0)
    },
  )
})
