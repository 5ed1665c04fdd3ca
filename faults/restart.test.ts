// F3: the database is stopped at once, as by a power cut, and started again, in the middle of an import.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { expect, test } from 'vitest'
import {
  createExporter,
  createImporter,
  createJobs,
  fileStorage,
  ladingMigrations,
  migrate,
  postgresQueue,
} from '../packages/core/src/index.ts'
import { startOwnServer } from '../test-support/own-server.ts'
import { faultHarness, referenceOf } from './support/harness.ts'
import { complaints, tracesOf } from './support/oracle.ts'
import { createSampleTableSql, sampleCsv, sampleResource } from './support/sample-rows.ts'

const rows = 20_000
const options = { database: 'restarted', settings: { autovacuum_naptime: '1s' } }
const harness = faultHarness({ rows })

test('three immediate stops during batches: the worker survives, and the job ends exactly', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'lading-restart-'))
  // The server may have to run as another user, which must be able to reach the folder.
  await chmod(dataDir, 0o755)
  let server = await startOwnServer({ dataDir, ...options })
  const shares = [server]
  const { port } = server
  const pool = new pg.Pool({ connectionString: server.url, max: 4 })
  pool.on('error', () => undefined)
  const reference = fileURLToPath(new URL('../migrations/reference', import.meta.url))
  await migrate({ pool, folders: [ladingMigrations(), reference] })
  await pool.query(createSampleTableSql)
  const resources = [sampleResource()]
  const jobs = createJobs({
    importer: createImporter({ pool, resources }),
    exporter: createExporter({ pool, resources }),
    queue: postgresQueue(),
    storage: fileStorage(harness.folder),
  })
  const source = Buffer.from(sampleCsv(rows))
  const { id } = await jobs.submitImport({ resource: 'cargo', format: 'csv', source })
  const worker = harness.worker({ databaseUrl: server.url, batchRows: 200 })
  // Early enough that the end is far when it is looked at.
  for (const row of [1_001, 4_001, 7_001]) {
    await expect
      .poll(async () => (await jobs.get(id))?.progress.processedRecords, { interval: 2 })
      .toBeGreaterThanOrEqual(row)
    expect((await jobs.get(id))?.status).toBe('processing')
    // What `pg_ctl stop -m immediate` sends.
    process.kill(server.pid, 'SIGQUIT')
    await expect.poll(() => isAlive(server.pid), { interval: 10 }).toBe(false)
    server = await startOwnServer({ dataDir, ...options, port })
    shares.push(server)
  }
  await worker.reported('ended')
  expect(complaints(await tracesOf(pool, id), await referenceOf(rows))).toEqual([])
  worker.send('SIGTERM')
  expect((await worker.ended).code).toBe(0)
  // A server that was stopped abruptly leaves temporary tables, which autovacuum drops.
  const staging = async () => (await pool.query("select from pg_class where relpersistence = 't'")).rowCount
  await expect.poll(staging).toBe(0)
  await pool.end()
  for (const share of shares) await share.stop()
  await rm(dataDir, { recursive: true })
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
