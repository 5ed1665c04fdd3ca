// Exports as a JSON array: valid for any size, also empty, and the stream ends like the others.
import { once } from 'node:events'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { createExporter, defineResource, LadingError, Type } from '../../src/index.ts'
import { exportFile, importFile } from '../support.ts'

const lines = defineResource('lines', {
  table: 'lines',
  schema: Type.Object({ id: Type.Integer(), label: Type.String() }),
})

let database: TestDatabase
beforeAll(async () => {
  database = await createReferenceDatabase()
  // Between an automatic VACUUM and its ANALYZE, PostgreSQL would sort the rows, and fail before it sends the first one.
  await database.pool.query(`
    create table lines (id int primary key, label text) with (autovacuum_enabled = off);
    create view shaky as select id, case when id < 45000 then label else (1 / (id - id))::text end as label from lines;
    insert into lines select g, repeat('é,[]"\\ ' || chr(10), 10) || g from generate_series(1, 50000) g;
    analyze lines;
    insert into users (email, name, role, active) values ('a@example.org', E'line\\nbreak \\\\ "quoted"', 'admin', true);`)
})
afterAll(() => database.drop())

const borrowed = () => database.pool.totalCount - database.pool.idleCount

test('an empty table is an empty array', async () => {
  expect((await exportFile(database.pool, 'comments', 'json')).toString()).toBe('[]')
})

test('fifty thousand rows are one array, in the order of the key', async () => {
  const file = await exportFile(database.pool, 'lines', 'json', {}, [lines])
  const rows: { id: number; label: string }[] = JSON.parse(file.toString())
  expect(rows).toHaveLength(50_000)
  expect(
    rows.every(({ id, label }, index) => id === index + 1 && label === `${'é,[]"\\ \n'.repeat(10)}${id}`),
  ).toBe(true)
})

test('the export imports again, and its next export has the same bytes', async () => {
  const file = await exportFile(database.pool, 'users', 'json')
  await database.pool.query('delete from users')
  const { report } = await importFile(database.pool, 'users', 'json', file)
  expect(report).toMatchObject({ processed: 1, successful: 1, failed: 0 })
  expect((await exportFile(database.pool, 'users', 'json')).toString()).toBe(file.toString())
})

test('the number of rows is reported', async () => {
  const reported: number[] = []
  const stream = createExporter({ pool: database.pool, resources: [lines] }).stream({
    resource: 'lines',
    format: 'json',
    onRows: rows => reported.push(rows),
  })
  await pipeline(stream, new Writable({ write: (_chunk, _encoding, done) => done() }))
  expect(reported).toEqual([50_000])
})

test('a value that cannot be printed ends the export', async () => {
  await database.pool.query(`update users set updated_at = 'infinity'`)
  await expect(exportFile(database.pool, 'users', 'json')).rejects.toMatchObject({
    code: 'VALUE_NOT_PRINTABLE',
  })
  expect(borrowed()).toBe(0)
})

test('a database error in mid-stream leaves no file that passes for a complete one', async () => {
  const shaky = defineResource('shaky', {
    table: 'shaky',
    schema: Type.Object({ id: Type.Integer(), label: Type.String() }),
  })
  const stream = createExporter({ pool: database.pool, resources: [shaky] }).stream({
    resource: 'shaky',
    format: 'json',
  })
  let received = ''
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      received += chunk.toString('latin1')
      done()
    },
  })
  const failed = await pipeline(stream, sink).catch((error: unknown) => error)
  expect(failed).toBeInstanceOf(LadingError)
  expect(failed).toMatchObject({ code: 'DATABASE_REFUSED' })
  expect(received.endsWith(']\n')).toBe(false)
  expect(borrowed()).toBe(0)
})

test('a reader that leaves early frees its connection each time, and leaves no backend', async () => {
  const own = createExporter({ pool: database.pool, resources: [lines] })
  for (let time = 0; time < 5; time++) {
    const stream = own.stream({ resource: 'lines', format: 'json' })
    await once(stream, 'readable')
    stream.read(1)
    stream.destroy()
    await once(stream, 'close')
    await expect.poll(borrowed).toBe(0)
  }
  await expect
    .poll(async () => {
      const { rows } = await database.pool.query(
        `select count(*)::int as count from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and query like 'copy%' and state <> 'idle'`,
      )
      return rows[0]?.count
    })
    .toBe(0)
})
