// importer.run inside the transaction of the caller, without Lading's schema; and its connections, released in every case.
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  createDatabase,
  createReferenceDatabase,
  type TestDatabase,
} from '../../../../../test-support/database.ts'
import { createImporter, importReportOf } from '../../../src/index.ts'
import { bytes, resources, rowsOf } from '../../support.ts'

const file = (from: number, to: number) =>
  bytes(
    `email,name,role,active\n${Array.from({ length: to - from }, (_, index) => `u${from + index}@example.org,u,reader,true\n`).join('')}`,
  )

describe('inside the transaction of the caller', () => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await createReferenceDatabase()
    // What a plain application has: its own tables, and nothing of Lading's.
    await database.pool.query('drop schema lading cascade')
  })
  afterEach(() => database.drop())

  test.each(['commit', 'rollback'])('%s decides about every batch of the import', async end => {
    const importer = createImporter({ pool: database.pool, resources, batchRows: 10 })
    const client = await database.pool.connect()
    await client.query('begin')
    const report = await importer.run({ resource: 'users', format: 'csv', source: file(0, 35), client })
    const again = await importer.run({ resource: 'users', format: 'csv', source: file(30, 40), client })
    const seen = await client.query('select count(*)::int as count from users')
    await client.query(end)
    client.release()

    expect(report).toMatchObject({ successful: 35, failed: 0 })
    expect(again).toMatchObject({ successful: 5, failed: 5, errorsByCode: { DUPLICATE_EMAIL: 5 } })
    expect(seen.rows).toEqual([{ count: 40 }])
    expect(await rowsOf(database.pool, 'users')).toHaveLength(end === 'commit' ? 40 : 0)
  })

  test('leaves no table in the session', async () => {
    const client = await database.pool.connect()
    await client.query('begin')
    const importer = createImporter({ pool: database.pool, resources })
    await importer.run({ resource: 'users', format: 'csv', source: file(0, 3), client })
    const { rows } = await client.query(`select relname from pg_class where relname like 'lading%'`)
    await client.query('commit')
    client.release()
    expect(rows).toEqual([])
  })
})

describe('with a connection of the pool', () => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await createReferenceDatabase()
  })
  afterEach(() => database.drop())

  const isIdle = () => {
    expect(database.pool.totalCount - database.pool.idleCount).toBe(0)
  }

  test('cancelling ends it between two batches, with a report of the committed rows', async () => {
    const importer = createImporter({ pool: database.pool, resources, batchRows: 10 })
    const controller = new AbortController()
    const running = importer.run({
      resource: 'users',
      format: 'csv',
      source: file(0, 1_000),
      signal: controller.signal,
      onProgress: ({ processed }) => {
        if (processed === 50) controller.abort()
      },
    })
    const error = await running.catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'CANCELLED' })
    expect(importReportOf(error)).toMatchObject({ processed: 50, successful: 50 })
    expect(await rowsOf(database.pool, 'users')).toHaveLength(50)
    isIdle()
  })

  test('cancelling ends a silent source, and destroys it', async () => {
    const importer = createImporter({ pool: database.pool, resources })
    const controller = new AbortController()
    const source = new Readable({ highWaterMark: 1, read: () => void setImmediate(() => controller.abort()) })
    source.push('email,name,role,active\n')
    const running = importer.run({ resource: 'users', format: 'csv', source, signal: controller.signal })
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(source.destroyed).toBe(true)
    isIdle()
  })

  test('a source that is never read is destroyed too: after a cancellation without a connection, or a rejection', async () => {
    const importer = createImporter({ pool: database.pool, resources })
    const silent = () => new Readable({ read: () => undefined })
    const held = await Promise.all(
      Array.from({ length: database.pool.options.max }, () => database.pool.connect()),
    )
    const early = silent()
    const controller = new AbortController()
    const running = importer.run({
      resource: 'users',
      format: 'csv',
      source: early,
      signal: controller.signal,
    })
    setImmediate(() => controller.abort())
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(early.destroyed).toBe(true)
    for (const client of held) client.release()
    const refused = silent()
    await expect(importer.run({ resource: 'nothing', format: 'csv', source: refused })).rejects.toMatchObject(
      {
        code: 'RESOURCE_UNKNOWN',
      },
    )
    expect(refused.destroyed).toBe(true)
  })

  test('a connection that breaks midway ends it with one fault; the pool stays usable', async () => {
    const importer = createImporter({ pool: database.pool, resources, batchRows: 10 })
    let broke = false
    const running = importer.run({
      resource: 'users',
      format: 'csv',
      source: file(0, 1_000),
      onProgress: ({ processed }) => {
        if (processed !== 50 || broke) return
        broke = true
        void database.pool.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
        )
      },
    })
    await expect(running).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', retryable: true })
    expect(broke).toBe(true)
    // Whole batches only: the number of imported rows is a multiple of ten, and equals the report.
    const report = await running.catch(importReportOf)
    const rows = await rowsOf(database.pool, 'users')
    expect(rows.length % 10).toBe(0)
    expect(report).toMatchObject({ successful: rows.length })
    isIdle()
  })

  test('an unknown resource is reported before a connection is checked out', async () => {
    const importer = createImporter({ pool: database.pool, resources })
    await expect(importer.run({ resource: 'user', format: 'csv', source: file(0, 1) })).rejects.toMatchObject(
      {
        code: 'RESOURCE_UNKNOWN',
        message: 'Unknown resource "user"; did you mean "users"? Known: users, articles, comments.',
      },
    )
  })

  test('a database without the table is reported with what to do', async () => {
    const empty = await createDatabase()
    const importer = createImporter({ pool: empty.pool, resources })
    await expect(
      importer.run({ resource: 'users', format: 'csv', source: file(0, 1) }),
    ).rejects.toMatchObject({
      code: 'RESOURCE_MISMATCH',
      message: 'There is no table "users" in the database; create it, or run its migrations first.',
    })
    await empty.drop()
  })
})
