// lading work next to servers: retention is configured by the servers, whichever process does the jobs.
import { createExporter, createImporter, createJobs, fileStorage, postgresQueue } from '@lading/core'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import project from '../../../examples/reference-server/lading.config.ts'
import { startServer } from '../../../examples/reference-server/test/support.ts'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { outcomeOf, referenceConfig, startLading, tempFolder } from './support.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await createReferenceDatabase()
})
afterEach(async () => {
  await database.drop()
})

const ask = async (sql: string, values: unknown[] = []) => (await database.pool.query(sql, values)).rows

/** A job that ended this many days ago, with its source. */
async function endedDaysAgo(days: number, folder: string): Promise<string> {
  const { pool } = database
  const { resources } = project
  const jobs = createJobs({
    importer: createImporter({ pool, resources }),
    exporter: createExporter({ pool, resources }),
    queue: postgresQueue(),
    storage: fileStorage(folder),
  })
  const source = Buffer.from('email,name,role,active\n')
  const { id } = await jobs.submitImport({ resource: 'users', format: 'csv', source })
  await jobs.cancel(id)
  const moved = `created_at = clock_timestamp() - make_interval(days => $2), completed_at = clock_timestamp() - make_interval(days => $2)`
  await ask(`update lading.jobs set ${moved} where id = $1`, [id, days])
  return id
}

function startWorker(folder: string): () => Promise<void> {
  const child = startLading(['--config', referenceConfig, 'work', '--storage', folder], {
    databaseUrl: database.url,
  })
  const outcome = outcomeOf(child)
  const stop = async () => {
    child.kill('SIGTERM')
    expect((await outcome).code).toBe(0)
  }
  onTestFinished(() => void child.kill('SIGKILL'))
  return stop
}

test('a worker deletes no jobs and no sources; a server without workers does, by its own settings', async () => {
  const folder = await tempFolder()
  const [young, old, ancient] = [
    await endedDaysAgo(3, folder),
    await endedDaysAgo(40, folder),
    await endedDaysAgo(400, folder),
  ]
  await ask(
    `insert into lading.idempotency_keys (key, kind, claim, lease_until)
     values ('planted', 'import', gen_random_uuid(), clock_timestamp())`,
  )
  const kept = async () =>
    new Set(
      (await ask('select id, source_key from lading.jobs')).map(
        row => `${row.id} ${row.source_key !== null}`,
      ),
    )

  const stop = startWorker(folder)
  // What needs no setting it does delete, after the rest.
  await expect.poll(() => ask('select key from lading.idempotency_keys'), { timeout: 20_000 }).toEqual([])
  expect(await kept()).toEqual(new Set([`${young} true`, `${old} true`, `${ancient} true`]))

  const server = await startServer({
    DATABASE_URL: database.url,
    STORAGE_PATH: folder,
    WORKERS_ENABLED: 'false',
    JOB_RETENTION_DAYS: '365',
  })
  // At once, though the worker has had its own turn a moment ago.
  await expect.poll(kept, { timeout: 20_000 }).toEqual(new Set([`${young} true`, `${old} false`]))
  expect(await server.stop()).toBe(0)
  await stop()
})

test('exported files expire, and errors are stored, by the settings of the server that accepted the job', async () => {
  const folder = await tempFolder()
  const server = await startServer({
    DATABASE_URL: database.url,
    STORAGE_PATH: folder,
    WORKERS_ENABLED: 'false',
    EXPORT_FILE_EXPIRY_HOURS: '48',
    STORED_ERRORS: '1',
  })
  const post = (path: string, type: string, body: string) =>
    fetch(`${server.url}/v1/${path}`, { method: 'POST', headers: { 'content-type': type }, body })
  const answers = [
    await post(
      'imports?resource=users',
      'text/csv',
      'email,name,role,active\nx,X,reader,true\ny,Y,reader,true\n',
    ),
    await post('exports', 'application/json', '{"resource":"users","format":"csv"}'),
  ]
  expect(answers.map(({ status }) => status)).toEqual([202, 202])
  const stop = startWorker(folder)
  const found = () =>
    ask(`select kind, status, errors::int, stored_errors::int, round(extract(epoch from expires_at - completed_at))::int as seconds
         from lading.jobs order by kind desc`)
  await expect.poll(found, { timeout: 20_000 }).toEqual([
    { kind: 'import', status: 'completed', errors: 2, stored_errors: 1, seconds: null },
    { kind: 'export', status: 'completed', errors: 0, stored_errors: 0, seconds: 172_800 },
  ])
  await stop()
  expect(await server.stop()).toBe(0)
})
