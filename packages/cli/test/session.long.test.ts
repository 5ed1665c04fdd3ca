// The `session` of a project: what the database receives about the caller, for every command.
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createExporter, createImporter, createJobs, fileStorage, postgresQueue } from '@lading/core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import project from './session.config.ts'
import { lading, startLading, tempFile, tempFolder } from './support.ts'

const config = ['--config', fileURLToPath(new URL('./session.config.ts', import.meta.url))]
let database: TestDatabase

beforeAll(async () => {
  database = await createReferenceDatabase()
  await database.pool.query(`
    create table marks (code text primary key, of_tenant text default current_setting('app.tenant', true));
    create view own_marks as select code from marks where of_tenant = current_setting('app.tenant', true)`)
})
beforeEach(async () => {
  await database.pool.query('truncate marks')
})
afterAll(() => database.drop())

const run = (...args: string[]) => lading([...args, ...config], { databaseUrl: database.url })

async function marks(): Promise<readonly unknown[]> {
  return (await database.pool.query('select code, of_tenant from marks order by code')).rows
}

test('an import and an export pass the named tenant to the database, or none', async () => {
  const file = await tempFile('marks.csv', 'code\na\n')
  expect((await run('import', file, '--resource', 'marks', '--tenant', '7')).code).toBe(0)
  const other = await tempFile('marks.csv', 'code\nb\n')
  expect((await run('import', other, '--resource', 'marks')).code).toBe(0)
  expect(await marks()).toEqual([
    { code: 'a', of_tenant: '7' },
    { code: 'b', of_tenant: 'nobody' },
  ])
  expect(await run('export', 'own_marks', '--format', 'csv', '--tenant', '7')).toMatchObject({
    code: 0,
    stdout: 'code\na\n',
  })
})

test('an error that the hook throws is shown on the command line, whose user wrote the hook', async () => {
  expect(await run('export', 'own_marks', '--format', 'csv', '--tenant', 'gone')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining(
      'lading: The hook sessionVariables threw an error (the directory does not know "gone").',
    ),
  })
})

test('a worker passes the tenant that submitted the job to the database', async () => {
  const { pool } = database
  const folder = await tempFolder()
  const { resources } = project
  const jobs = createJobs({
    importer: createImporter({ pool, resources }),
    exporter: createExporter({ pool, resources }),
    queue: postgresQueue(),
    storage: fileStorage(folder),
  })
  const source = Buffer.from('code\nc\n')
  const { id } = await jobs.submitImport({
    resource: 'marks',
    format: 'csv',
    source,
    caller: { tenant: '8' },
  })
  const child = startLading([...config, 'work', '--storage', folder], { databaseUrl: database.url })
  if (child.stdout === null) throw new Error('The child has no output.')
  for await (const line of createInterface({ input: child.stdout })) if (line.startsWith(id)) break
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  await closed
  expect(await marks()).toEqual([{ code: 'c', of_tenant: '8' }])
})
