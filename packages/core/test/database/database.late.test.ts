// A process that starts before its database does: it waits where waiting helps, and says what for.
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { type LateDatabase, lateDatabase } from '../../../../test-support/late-database.ts'
import { type WaitOptions, waitForDatabase } from '../../src/index.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database.drop())

describe.each([
  ['recovers', 'recovered', 'The database is starting or recovering; waiting for up to 60 s.'],
  ['cannot be reached', 'listening', 'The database cannot be reached yet; waiting for up to 60 s.'],
] as const)('a database that %s', (_what, until, sentence) => {
  let late: LateDatabase
  let pool: pg.Pool
  beforeEach(async () => {
    late = await lateDatabase(database.url, until)
    pool = new pg.Pool({ connectionString: late.url })
  })
  afterEach(async () => {
    await pool.end()
    await late.close()
  })

  const wait = (options: WaitOptions = {}) => {
    const said: string[] = []
    const waiting = waitForDatabase(pool, {
      ...options,
      onWait: one => {
        said.push(one)
      },
    })
    // It is looked at later.
    waiting.catch(() => undefined)
    return { waiting, said }
  }

  test('is waited for, which is reported once', async () => {
    const { waiting, said } = wait()
    await expect.poll(() => said).toEqual([sentence])
    if (until === 'recovered') await expect.poll(late.refused).toBeGreaterThan(2)
    await late.open()
    await waiting
    expect(said).toEqual([sentence])
  })

  test('is a fault after the time limit', async () => {
    const { waiting } = wait({ timeoutSeconds: 0.3 })
    await expect(waiting).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
  })

  test('is waited for until the signal aborts', async () => {
    const controller = new AbortController()
    const { waiting, said } = wait({ signal: controller.signal })
    await expect.poll(() => said.length).toBe(1)
    controller.abort()
    await expect(waiting).rejects.toThrow()
  })

  test('is waited for by a command only if it responds at all', async () => {
    const { waiting, said } = wait({ until: 'start' })
    if (until === 'listening') {
      await expect(waiting).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
      expect(said).toEqual([])
    } else {
      await expect.poll(() => said).toEqual([sentence])
      await late.open()
      await waiting
    }
  })
})

test('a fault that waiting cannot fix is reported at once', async () => {
  const said: string[] = []
  const url = new URL(database.url)
  url.pathname = '/no_such_database'
  const pool = new pg.Pool({ connectionString: url.href })
  const waiting = waitForDatabase(pool, { onWait: one => said.push(one) })
  await expect(waiting).rejects.toMatchObject({ sqlstate: '3D000' })
  expect(said).toEqual([])
  await pool.end()
})
