// PostgreSQL is stopped at once in the middle of an import into an UNLOGGED table, which it empties when it starts again.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import {
  createExporter,
  createImporter,
  createJobs,
  defineResource,
  fileStorage,
  ladingMigrations,
  migrate,
  postgresQueue,
  Type,
} from '../packages/core/src/index.ts'
import { startOwnServer } from '../test-support/own-server.ts'

const rows = 6_000
const source = Buffer.from(`ref\n${Array.from({ length: rows }, (_, index) => `${index + 1}\n`).join('')}`)

const numbers = (unlogged: 'refuse' | 'allow') =>
  defineResource('numbers', { table: 'numbers', schema: Type.Object({ ref: Type.Integer() }), unlogged })

test('when rejected, no reported data is lost; when allowed, the possible loss was announced by a warning', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'lading-unlogged-'))
  await chmod(dataDir, 0o755)
  const folder = await mkdtemp(join(tmpdir(), 'lading-unlogged-files-'))
  let server = await startOwnServer({ dataDir, database: 'unlogged' })
  const shares = [server]
  const { port } = server
  const pool = new pg.Pool({ connectionString: server.url, max: 10 })
  pool.on('error', () => undefined)
  const stopping = new AbortController()
  const queue = postgresQueue()
  const work = (unlogged: 'refuse' | 'allow') => {
    const resources = [numbers(unlogged)]
    const importer = createImporter({ pool, resources, batchRows: 50 })
    const exporter = createExporter({ pool, resources })
    return createJobs({
      importer,
      exporter,
      queue,
      storage: fileStorage(folder),
      leaseSeconds: 1,
      rescueSeconds: 1,
    })
  }
  try {
    await migrate({ pool, folders: [ladingMigrations()] })
    await pool.query('create unlogged table numbers (ref int not null)')
    const jobs = work('refuse')
    const count = async () => Number((await pool.query('select count(*) from numbers')).rows[0].count)
    const submit = async () => (await jobs.submitImport({ resource: 'numbers', format: 'csv', source })).id
    const ended = async (id: string) => {
      const status = async () => (await jobs.get(id).catch(() => undefined))?.status
      await expect.poll(status, { timeout: 60_000 }).toMatch(/completed|failed/)
      return jobs.get(id)
    }
    const refused = await submit()
    const refusing = new AbortController()
    const done = jobs.work({ signal: refusing.signal })
    expect(await ended(refused)).toMatchObject({
      status: 'failed',
      errorCode: 'RESOURCE_MISMATCH',
      errorMessage: expect.stringContaining('numbers is UNLOGGED'),
      progress: { successfulRecords: 0 },
    })
    refusing.abort()
    await done
    expect(await count()).toBe(0)

    const allowed = await submit()
    const working = work('allow').work({ signal: stopping.signal })
    await expect
      .poll(async () => (await jobs.get(allowed))?.progress.processedRecords, { interval: 2 })
      .toBeGreaterThanOrEqual(500)
    // Batches are committed asynchronously; a commit that is not has all before it on disk.
    await pool.query('create table flushed ()')
    const before = (await jobs.get(allowed))?.progress.processedRecords ?? 0
    expect((await jobs.get(allowed))?.status).toBe('processing')
    // What `pg_ctl stop -m immediate` sends.
    process.kill(server.pid, 'SIGQUIT')
    await expect.poll(() => isAlive(server.pid), { interval: 10 }).toBe(false)
    server = await startOwnServer({ dataDir, database: 'unlogged', port })
    shares.push(server)
    expect(await ended(allowed)).toMatchObject({
      status: 'completed',
      progress: { successfulRecords: rows },
      warnings: [{ code: 'UNLOGGED_TABLE', detail: expect.stringContaining('numbers is UNLOGGED') }],
    })
    // That is what the warning is about.
    expect(before).toBeGreaterThanOrEqual(500)
    expect(await count()).toBeLessThanOrEqual(rows - 500)
    stopping.abort()
    await working
  } finally {
    stopping.abort()
    await queue.close?.()
    await pool.end()
    for (const share of shares) await share.stop()
    await rm(dataDir, { recursive: true })
    await rm(folder, { recursive: true })
  }
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
