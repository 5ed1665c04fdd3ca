// lading verify: what it prints, and how it ends.
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createExporter, createImporter, createJobs, fileStorage, postgresQueue } from '@lading/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import project from '../../../examples/reference-server/lading.config.ts'
import { startServer } from '../../../examples/reference-server/test/support.ts'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { lading, referenceConfig, startLading, tempFolder } from './support.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createReferenceDatabase()
})
afterAll(() => database.drop())

/** The id of a job on which no worker works, and the path of its file. */
async function submitted(folder: string): Promise<{ readonly id: string; readonly path: string }> {
  const { pool } = database
  const { resources } = project
  const queue = postgresQueue()
  const importer = createImporter({ pool, resources })
  const exporter = createExporter({ pool, resources })
  const jobs = createJobs({ importer, exporter, queue, storage: fileStorage(folder) })
  const source = Buffer.from('email,name,role,active\na@example.org,A,reader,true\n')
  const { id } = await jobs.submitImport({ resource: 'users', format: 'csv', source })
  await jobs.cancel(id)
  await queue.close?.()
  const { rows } = await pool.query('select source_key as key from lading.jobs where id = $1', [id])
  return { id, path: join(folder, rows[0].key) }
}

async function damage(path: string): Promise<void> {
  const content = await readFile(path)
  content[30] = 0
  await writeFile(path, content)
}

test('a job with an intact file, one with a damaged file, and an unknown job', async () => {
  const folder = await tempFolder()
  const { id, path } = await submitted(folder)
  const verify = (...args: string[]) =>
    lading(['--config', referenceConfig, 'verify', '--storage', folder, ...args], {
      databaseUrl: database.url,
    })

  const whole = await verify(id)
  expect(whole).toMatchObject({
    code: 0,
    stdout: `${id}\tusers\twhole\tThe source file has the 51 bytes that were stored.\n`,
  })

  await damage(path)
  const damaged = await verify(id, '--json')
  expect(damaged.code).toBe(1)
  expect(JSON.parse(damaged.stdout)).toMatchObject({
    job_id: id,
    whole: false,
    files: [{ job_id: id, what: 'source', resource: 'users', size: 51, state: 'corrupt' }],
  })

  const unknown = await verify('00000000-0000-4000-8000-000000000000')
  expect(unknown).toMatchObject({ code: 1, stdout: '' })
  expect(unknown.stderr).toContain('There is no job with this id.')
  expect((await verify(id, '--tenant', 'acme')).stderr).toContain('There is no job with this id.')
})

test('work --verify and a server with VERIFY_STORED report a damaged file, with the id of its job', async () => {
  const folder = await tempFolder()
  const { id, path } = await submitted(folder)
  await damage(path)
  const child = startLading(['--config', referenceConfig, 'work', '--storage', folder, '--verify'], {
    databaseUrl: database.url,
  })
  if (child.stderr === null) throw new Error('The child has no output.')
  let reported = ''
  for await (const line of createInterface({ input: child.stderr })) {
    if (line.includes(id)) reported = line
    if (reported !== '') break
  }
  expect(reported).toContain('has different content; it was changed or damaged after it was stored')
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  expect((await closed)[0]).toBe(0)

  // A day passes.
  await database.pool.query('update lading.chores set next_at = clock_timestamp()')
  const server = await startServer({
    DATABASE_URL: database.url,
    STORAGE_PATH: folder,
    WORKERS_ENABLED: 'false',
    VERIFY_STORED: 'true',
  })
  const metrics = async () => (await fetch(`${server.url}/metrics`)).text()
  await expect.poll(metrics).toContain('bulk_import_export_verified_files_total{state="corrupt"} 1')
  expect(await server.stop()).toBe(0)
})
