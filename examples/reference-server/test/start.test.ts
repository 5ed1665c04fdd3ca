// Starting and stopping the reference server within a program.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { readConfig } from '../src/config.ts'
import { createLog } from '../src/json-log.ts'
import { startReferenceServer } from '../src/start.ts'

let folder: string
/** Connections to `watched` are those of the server that the test starts there. */
let database: TestDatabase
let watched: TestDatabase
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lading-start-'))
  database = await createReferenceDatabase()
  watched = await createReferenceDatabase()
})
afterAll(async () => {
  await watched.drop()
  await database.drop()
  await rm(folder, { recursive: true })
})

const start = (on: TestDatabase, env: Readonly<Record<string, string>> = {}) =>
  startReferenceServer(
    readConfig({ DATABASE_URL: on.url, STORAGE_PATH: folder, APP_PORT: '0', ...env }),
    createLog('silent'),
  )

async function connections(): Promise<number> {
  const sql = 'select count(*)::int as n from pg_stat_activity where datname = $1'
  const { rows } = await database.pool.query(sql, [watched.name])
  return rows[0]?.n
}

test.each(['fastify', 'express'])(
  'a port in use is one sentence through %s, and no worker remains',
  async ADAPTER => {
    const first = await start(database, { ADAPTER, WORKERS_ENABLED: 'false' })
    const { port } = new URL(first.url)
    const exitListeners = process.listenerCount('exit')
    await expect(start(watched, { ADAPTER, APP_PORT: port })).rejects.toThrow(
      `Another process uses port ${port} of 127.0.0.1; stop it, or set APP_PORT.`,
    )
    await expect.poll(connections).toBe(0)
    expect(process.listenerCount('exit')).toBe(exitListeners)
    expect((await fetch(`${first.url}/live`)).status).toBe(200)
    await first.stop()
  },
)

test('stopped twice, it stops once, and its connections are closed', async () => {
  const server = await start(watched)
  expect(await connections()).toBeGreaterThan(0)
  await Promise.all([server.stop(), server.stop()])
  await server.stop()
  await expect(fetch(`${server.url}/live`)).rejects.toThrow('fetch failed')
  await expect.poll(connections).toBe(0)
})
