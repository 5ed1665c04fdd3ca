// lading work: does the jobs of a database, and ends in order when it is stopped.
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import {
  createExporter,
  createImporter,
  createJobs,
  fileStorage,
  type Jobs,
  postgresQueue,
} from '@lading/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import project from '../../../examples/reference-server/lading.config.ts'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { fairClock } from '../../../test-support/fair-clock.ts'
import { lateDatabase } from '../../../test-support/late-database.ts'
import { callLading, lading, outcomeOf, referenceConfig, startLading, tempFolder } from './support.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createReferenceDatabase()
})
afterAll(async () => {
  await database.drop()
})

/** What a server does whose jobs are done elsewhere. */
function server(folder: string): Jobs {
  const { pool } = database
  const { resources } = project
  return createJobs({
    importer: createImporter({ pool, resources }),
    exporter: createExporter({ pool, resources }),
    queue: postgresQueue(),
    storage: fileStorage(folder),
  })
}

const csv = (count: number) =>
  Buffer.from(
    `email,name,role,active\n${Array.from({ length: count }, (_, index) => `${index}@example.org,A,reader,true\n`).join('')}`,
  )

const args = ['--config', referenceConfig, 'work', '--storage']

test('does the submitted jobs, prints a line for each, and ends with 0 when it is stopped', async () => {
  const folder = await tempFolder()
  const jobs = server(folder)
  const first = await jobs.submitImport({ resource: 'users', format: 'csv', source: csv(3) })
  const last = await jobs.submitImport({ resource: 'users', format: 'csv', source: csv(4), after: first.id })
  const child = startLading([...args, folder], { databaseUrl: database.url })
  if (child.stdout === null) throw new Error('The child has no output.')
  const lines: string[][] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line.split('\t'))
    if (line.startsWith(last.id)) break
  }
  expect(lines.map(fields => fields.slice(0, 6))).toEqual([
    [first.id, 'import', 'users', 'completed', '3', '0'],
    [last.id, 'import', 'users', 'completed', '4', '3'],
  ])
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  expect((await closed)[0]).toBe(0)
})

test('returns a started job within 5 seconds', async () => {
  const folder = await tempFolder()
  const jobs = server(folder)
  const { id } = await jobs.submitImport({ resource: 'users', format: 'csv', source: csv(200_000) })
  const child = startLading([...args, folder], { databaseUrl: database.url })
  const outcome = outcomeOf(child)
  const processed = async () => (await jobs.get(id))?.progress.processedRecords
  await expect.poll(processed, { timeout: 20_000, interval: 5 }).toBeGreaterThan(0)
  const running = fairClock()
  child.kill('SIGTERM')
  expect((await outcome).code).toBe(0)
  expect(running()).toBeLessThan(5_000)
  expect(await jobs.get(id)).toMatchObject({ status: 'pending', errorCode: null })
  await jobs.cancel(id)
})

test('ends at once at the second signal', async () => {
  const folder = await tempFolder()
  const jobs = server(folder)
  const { id } = await jobs.submitImport({ resource: 'users', format: 'csv', source: csv(200_000) })
  const child = startLading([...args, folder], { databaseUrl: database.url })
  const { stderr } = child
  if (stderr === null) throw new Error('The child has no output.')
  let said = ''
  stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const closed = once(child, 'close')
  const processed = async () => (await jobs.get(id))?.progress.processedRecords
  await expect.poll(processed, { timeout: 20_000, interval: 5 }).toBeGreaterThan(0)
  // A lock on the table blocks the batch.
  const holder = await database.pool.connect()
  await holder.query('begin; lock table users in access exclusive mode')
  child.kill('SIGTERM')
  await expect.poll(() => said).toContain('Stopping after the current batches; once more stops at once.')
  const running = fairClock()
  child.kill('SIGINT')
  expect((await closed)[0]).toBe(130)
  // The batch itself would be taken back after three seconds, and the code would be 0.
  expect(running()).toBeLessThan(2_500)
  await holder.query('rollback')
  holder.release()
  await jobs.cancel(id)
})

test.each([
  [['--imports', 'x'], '--imports must be a whole number from 0 to 64; it is "x".'],
  [['--imports', '0', '--exports', '0'], 'Nothing to do: --imports, --exports and --fetches are all 0.'],
  [['--fetches', '65'], '--fetches must be a whole number from 0 to 64; it is "65".'],
])('%j is a usage error', async (more, sentence) => {
  const outcome = await callLading([...args, await tempFolder(), ...more], { databaseUrl: database.url })
  expect(outcome).toEqual({ code: 64, stdout: '', stderr: `lading: ${sentence}\n` })
})

test('without a storage it asks for one', async () => {
  const outcome = await callLading(['--config', referenceConfig, 'work'], { databaseUrl: database.url })
  expect(outcome.code).toBe(64)
  expect(outcome.stderr).toContain('No storage was given: pass --storage FOLDER')
})

test('jobs are listed, cancelled and retried by hand', async () => {
  const folder = await tempFolder()
  const jobs = server(folder)
  const { id } = await jobs.submitImport({ resource: 'articles', format: 'csv', source: csv(1) })
  const run = (...more: string[]) =>
    callLading(['--config', referenceConfig, 'jobs', ...more], { databaseUrl: database.url })
  const line = (status: string) => `${id}\timport\tarticles\t${status}\t0\t0\t0.00\n`
  const list = ['--config', referenceConfig, 'jobs', 'list', '--resource', 'articles', '--limit', '1']
  expect(await lading(list, { databaseUrl: database.url })).toEqual({
    code: 0,
    stdout: line('pending'),
    stderr: '',
  })
  expect(await run('cancel', id)).toEqual({ code: 0, stdout: line('cancelled'), stderr: '' })
  expect(await run('cancel', id)).toEqual({
    code: 1,
    stdout: '',
    stderr: 'lading: The import was cancelled already; there is nothing left to cancel.\n',
  })
  expect((await run('retry', id, '--storage', folder)).stdout).toBe(line('pending'))
  expect(await run('cancel', '00000000-0000-4000-8000-000000000000')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'lading: There is no job with this id.\n',
  })
  expect((await run('list', '--status', 'done')).code).toBe(64)
  expect((await run('retry', id)).code).toBe(64)
  await jobs.cancel(id)
})

test('waits for a database that cannot be reached yet, and says so', async () => {
  const folder = await tempFolder()
  const { id } = await server(folder).submitImport({ resource: 'users', format: 'csv', source: csv(2) })
  const late = await lateDatabase(database.url, 'listening')
  const child = startLading([...args, folder], { databaseUrl: late.url })
  const outcome = outcomeOf(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', chunk => {
      said += chunk
    })
  }
  await expect
    .poll(() => said, { timeout: 30_000 })
    .toBe('lading: The database cannot be reached yet; waiting for up to 60 s.\n')
  await late.open()
  await expect.poll(() => said, { timeout: 30_000 }).toContain(`${id}\timport\tusers\tcompleted`)
  child.kill('SIGTERM')
  expect((await outcome).code).toBe(0)
  await late.close()
})
