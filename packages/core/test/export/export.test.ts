// Exports: filters, order, formats, and what a reader sees when something goes wrong.
import { once } from 'node:events'
import { Writable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { createExporter, defineResource, type Exporter, LadingError, Type } from '../../src/index.ts'
import { exportFile, resources } from '../support.ts'

let database: TestDatabase
let exporter: Exporter
beforeAll(async () => {
  database = await createReferenceDatabase()
  exporter = createExporter({ pool: database.pool, resources })
  await database.pool.query(`
    insert into users (id, email, name, role, active, created_at, updated_at) values
      ('00000000-0000-4000-8000-000000000002', 'b@example.org', 'B, "the" second', 'admin', true, '2024-01-31 23:59:59+00', '2024-02-01 01:02:03.045+02'),
      ('00000000-0000-4000-8000-000000000001', 'a@example.org', '', 'reader', false, '2024-01-01 00:00:00.000001+00', '0001-01-01 00:00:00+00'),
      ('00000000-0000-4000-8000-000000000003', 'c@example.org', E'line\\nbreak \\\\.', 'reader', true, '9999-12-31 23:59:59.999999+00', '2024-01-01 00:00:00+00');
    insert into articles (id, slug, title, content, author_id, tags, status, created_at, updated_at) values
      ('10000000-0000-4000-8000-000000000001', 'one', 'T', E'tab\\t', '00000000-0000-4000-8000-000000000002', '{a,"b,c","",null-ish}', 'draft', '2024-01-01Z', '2024-01-01Z'),
      ('10000000-0000-4000-8000-000000000002', 'two', 'T', '\\.', '00000000-0000-4000-8000-000000000002', null, 'draft', '2024-01-01Z', '2024-01-01Z'),
      ('10000000-0000-4000-8000-000000000003', 'three', 'T', 'x', '00000000-0000-4000-8000-000000000002', '{}', 'draft', '2024-01-01Z', '2024-01-01Z');
  `)
})
afterAll(() => database.drop())

const borrowed = () => database.pool.totalCount - database.pool.idleCount

describe('what a file looks like', () => {
  test('CSV: header, null as a bare empty cell, empty text quoted, timestamps in UTC with Z, in key order', async () => {
    expect((await exportFile(database.pool, 'users', 'csv')).toString()).toBe(
      [
        'id,email,name,role,active,created_at,updated_at',
        '00000000-0000-4000-8000-000000000001,a@example.org,"",reader,false,2024-01-01T00:00:00.000001Z,0001-01-01T00:00:00Z',
        '00000000-0000-4000-8000-000000000002,b@example.org,"B, ""the"" second",admin,true,2024-01-31T23:59:59Z,2024-01-31T23:02:03.045Z',
        '00000000-0000-4000-8000-000000000003,c@example.org,"line\nbreak \\.",reader,true,9999-12-31T23:59:59.999999Z,2024-01-01T00:00:00Z',
        '',
      ].join('\n'),
    )
  })

  test('NDJSON: one object per line, null included, backslashes unchanged', async () => {
    expect((await exportFile(database.pool, 'articles', 'ndjson')).toString()).toBe(
      [
        '{"id":"10000000-0000-4000-8000-000000000001","slug":"one","title":"T","content":"tab\\t","author_id":"00000000-0000-4000-8000-000000000002","tags":["a","b,c","","null-ish"],"status":"draft","published_at":null,"created_at":"2024-01-01T00:00:00Z","updated_at":"2024-01-01T00:00:00Z"}',
        '{"id":"10000000-0000-4000-8000-000000000002","slug":"two","title":"T","content":"\\\\.","author_id":"00000000-0000-4000-8000-000000000002","tags":null,"status":"draft","published_at":null,"created_at":"2024-01-01T00:00:00Z","updated_at":"2024-01-01T00:00:00Z"}',
        '{"id":"10000000-0000-4000-8000-000000000003","slug":"three","title":"T","content":"x","author_id":"00000000-0000-4000-8000-000000000002","tags":[],"status":"draft","published_at":null,"created_at":"2024-01-01T00:00:00Z","updated_at":"2024-01-01T00:00:00Z"}',
        '',
      ].join('\n'),
    )
  })

  test('an empty table gives the header for CSV, nothing for NDJSON', async () => {
    expect((await exportFile(database.pool, 'comments', 'csv')).toString()).toBe(
      'id,article_id,user_id,body,created_at\n',
    )
    expect((await exportFile(database.pool, 'comments', 'ndjson')).toString()).toBe('')
  })

  test('does not depend on the session settings', async () => {
    const expected = await exportFile(database.pool, 'users', 'csv')
    await database.pool.query(
      `alter database ${database.name} set timezone = 'Asia/Kolkata'; alter database ${database.name} set datestyle = 'German'`,
    )
    const { Pool } = (await import('pg')).default
    const other = new Pool({ connectionString: database.url, max: 1 }).on('error', () => undefined)
    expect((await exportFile(other, 'users', 'csv')).equals(expected)).toBe(true)
    await other.end()
    await database.pool.query(`alter database ${database.name} reset all`)
  })
})

describe('filters', () => {
  const emails = async (filters: Record<string, unknown>) =>
    (await exportFile(database.pool, 'users', 'ndjson', filters))
      .toString()
      .match(/[abc]@example/g)
      ?.join('') ?? ''

  test.each([
    [{ role: 'reader' }, 'a@examplec@example'],
    [{ role: 'reader', active: true }, 'c@example'],
    [{ active: 'false' }, 'a@example'],
    [{ email: ' B@EXAMPLE.ORG ' }, 'b@example'],
    [{ id: '00000000-0000-4000-8000-000000000003' }, 'c@example'],
    [{ created_at: '2024-02-01T00:59:59+01:00' }, 'b@example'],
    [{ name: "x' or 'x' = 'x" }, ''],
    [{ name: "\\' or true --" }, ''],
  ])('%j', async (filters, expected) => {
    expect(await emails(filters)).toBe(expected)
  })

  test('null matches rows without a value', async () => {
    const found = (await exportFile(database.pool, 'articles', 'csv', { tags: null })).toString()
    expect(found.trim().split('\n')).toHaveLength(2)
    expect(found).toContain(',two,')
  })

  test.each([
    [
      { rol: 'admin' },
      '"rol" is not a field that users can be filtered by; did you mean "role"? Known: id, email, name, role, active, created_at, updated_at.',
    ],
    [
      { constructor: 'x' },
      '"constructor" is not a field that users can be filtered by. Known: id, email, name, role, active, created_at, updated_at.',
    ],
    [{ active: 'maybe' }, 'The filter on "active" must be true or false.'],
    [{ id: '1' }, 'The filter on "id" must be a UUID, such as 6f304cd1-8a43-4417-aec7-55f419572494.'],
  ])('%j is rejected with the name of the field', async (filters, message) => {
    await expect(exportFile(database.pool, 'users', 'csv', filters)).rejects.toMatchObject({
      code: 'FILTER_INVALID',
      message,
    })
  })
})

describe('errors', () => {
  test('a value that cannot be printed ends the export and is named', async () => {
    await database.pool.query(`update users set updated_at = 'infinity' where email = 'c@example.org'`)
    for (const format of ['csv', 'ndjson']) {
      const failed = await exportFile(database.pool, 'users', format).catch((error: unknown) => error)
      expect(failed).toBeInstanceOf(LadingError)
      expect(failed).toMatchObject({
        code: 'VALUE_NOT_PRINTABLE',
        message:
          'The value of "updated_at" in row 00000000-0000-4000-8000-000000000003 cannot be printed: only finite values, and years from 0001 to 9999, can be read back.',
      })
    }
    await database.pool.query(`update users set updated_at = '2024-01-01Z' where email = 'c@example.org'`)
    expect(borrowed()).toBe(0)
  })

  test('a database error in mid-stream rejects the pipeline, and the connection is released', async () => {
    await database.pool.query(`create table many (id int primary key, label text);
      create view shaky as select id, case when id < 90000 then label else (1 / (id - id))::text end as label from many;
      insert into many select g, repeat('x', 100) from generate_series(1, 100000) g`)
    const shaky = defineResource('shaky', {
      table: 'shaky',
      schema: Type.Object({ id: Type.Integer(), label: Type.String() }),
    })
    const stream = createExporter({ pool: database.pool, resources: [shaky] }).stream({
      resource: 'shaky',
      format: 'csv',
    })
    let received = 0
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        received += chunk.length
        done()
      },
    })
    await expect(pipeline(stream, sink)).rejects.toMatchObject({ code: 'DATABASE_REFUSED' })
    expect(sink.destroyed).toBe(true)
    expect(borrowed()).toBe(0)
    expect(received).toBeLessThan(100_000 * 102)
  })

  test('a reader that leaves early frees its connection each time, and leaves no backend', async () => {
    await database.pool.query(`create table if not exists lines (id int primary key, label text);
      insert into lines select g, repeat('x', 200) from generate_series(1, 50000) g`)
    const lines = defineResource('lines', {
      table: 'lines',
      schema: Type.Object({ id: Type.Integer(), label: Type.String() }),
    })
    const own = createExporter({ pool: database.pool, resources: [lines] })
    for (let time = 0; time < 50; time++) {
      const stream = own.stream({ resource: 'lines', format: time % 2 === 0 ? 'csv' : 'ndjson' })
      await once(stream, 'readable')
      stream.read(1)
      stream.destroy()
      await once(stream, 'close')
      expect(borrowed()).toBe(0)
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

  test('a stream that is never read runs no query', async () => {
    const stream = exporter.stream({ resource: 'users', format: 'csv' })
    expect(borrowed()).toBe(0)
    stream.destroy()
    await once(stream, 'close')
    expect(borrowed()).toBe(0)
  })

  test('unknown names are rejected at once', () => {
    expect(() => exporter.stream({ resource: 'user', format: 'csv' })).toThrow('did you mean "users"?')
    expect(() => exporter.stream({ resource: 'users', format: 'xls' })).toThrow(
      'Unknown format "xls"; known: csv, ndjson, json.',
    )
  })
})

test('the number of rows is reported after the last one was printed', async () => {
  const reported: number[] = []
  const stream = exporter.stream({ resource: 'users', format: 'csv', onRows: rows => reported.push(rows) })
  expect((await text(stream)).trim().split('\n').length).toBeGreaterThan(3)
  expect(reported).toEqual([3])
})

test('an export is one snapshot: concurrent commits are not in it', async () => {
  await database.pool.query(`create table pairs (id int primary key, amount int);
    insert into pairs select g, 1 from generate_series(1, 20000) g`)
  const pairs = defineResource('pairs', {
    table: 'pairs',
    schema: Type.Object({ id: Type.Integer(), amount: Type.Integer() }),
  })
  const stream = createExporter({ pool: database.pool, resources: [pairs] }).stream({
    resource: 'pairs',
    format: 'csv',
  })
  await once(stream, 'readable')
  await database.pool.query(
    'update pairs set amount = 0 where id % 2 = 0; delete from pairs where id > 10000',
  )
  const file = (await buffer(stream)).toString()
  expect(
    file
      .trim()
      .split('\n')
      .slice(1)
      .every(line => line.endsWith(',1')),
  ).toBe(true)
  expect(file.trim().split('\n')).toHaveLength(20_001)
})
