// --tenant and --principal: for whom a file is imported and exported, and that no caller is used by mistake.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  createExporter,
  createImporter,
  createJobs,
  fileStorage,
  memoryQueue,
  memoryStorage,
  type Storage,
} from '@lading/core'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { fileServer } from '../../conformance/src/http/remote-names.ts'
import { createProgram } from '../src/program.ts'
import { lading, tempFile, tempFolder } from './support.ts'
import project from './tenants.config.ts'

const config = ['--config', fileURLToPath(new URL('./tenants.config.ts', import.meta.url))]
const ofAnn = ['--tenant', '7', '--principal', 'ann']
const noJob = '00000000-0000-4000-8000-000000000000'
let database: TestDatabase

beforeAll(async () => {
  database = await createReferenceDatabase()
  await database.pool.query(`
    create table items (tenant_id int, code text, primary key (tenant_id, code));
    create table notes (
      id serial primary key, tenant_id int not null, added_by text not null, item text not null, note text not null,
      foreign key (tenant_id, item) references items (tenant_id, code)
    )`)
})
beforeEach(async () => {
  await database.pool.query(`
    truncate items, notes;
    insert into items values (7, 'a'), (7, 'b'), (8, 'a'), (8, 'c');
    insert into notes (tenant_id, added_by, item, note) values
      (7, 'ann', 'a', 'first'), (7, 'ann', 'b', 'second'), (7, 'bob', 'a', 'of bob'), (8, 'ann', 'c', 'of 8')`)
})
afterAll(() => database.drop())

const run = (...args: string[]) => lading([...args, ...config], { databaseUrl: database.url })

async function rows(): Promise<readonly string[]> {
  const { rows } = await database.pool.query<{ row: string }>(
    `select concat_ws(' ', tenant_id, code) as row from items
      union all select concat_ws(' ', tenant_id, added_by, item, note) from notes`,
  )
  return rows.map(({ row }) => row).sort()
}

const before = [
  '7 a',
  '7 ann a first',
  '7 ann b second',
  '7 b',
  '7 bob a of bob',
  '8 a',
  '8 ann c of 8',
  '8 c',
]

test('a file becomes rows of the named tenant, whatever the file says', async () => {
  const file = await tempFile('items.csv', 'tenant_id,code\n8,b\n8,c\n')
  const { code, stdout, stderr } = await run(
    'import',
    file,
    '--resource',
    'items',
    '--tenant',
    '7',
    '--on-conflict',
    'ignore',
  )
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain('\n  rows read  2\n  inserted   1\n  updated    0\n  ignored    1\n')
  expect(await rows()).toEqual([...before, '7 c'].sort())
})

test('a file at a URL becomes rows of the principal too', async () => {
  const server = await fileServer((_request, response) => response.end('item,note\nb,third\n'))
  onTestFinished(() => server.stop())
  const address = `http://127.0.0.1:${server.port}/notes.csv`
  const { code, stderr } = await run(
    'import',
    address,
    '--resource',
    'notes',
    '--remote-allow',
    '127.0.0.1:*',
    ...ofAnn,
  )
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(await rows()).toEqual([...before, '7 ann b third'].sort())
})

test('an export contains the rows of the named tenant or principal, and none without one', async () => {
  const printed = await Promise.all([
    run('export', 'items', '--format', 'csv', '--tenant', '7'),
    run('export', 'notes', '--format', 'csv', ...ofAnn),
    run('export', 'items', '--format', 'csv'),
  ])
  expect(printed.map(({ code, stdout }) => [code, stdout])).toEqual([
    [0, 'code\na\nb\n'],
    [0, 'item,note\na,first\nb,second\n'],
    [0, 'code\n'],
  ])
})

test('a bundle contains the rows of the named tenant, is imported back into them, and imports nothing without a tenant', async () => {
  const bundle = join(await tempFolder(), 'seven.tar.gz')
  const exported = await run('export', '--all', '--output', bundle, ...ofAnn)
  expect(exported.stderr).toMatch(/^lading: 4 rows of 2 resources to /)
  await database.pool.query('delete from notes where tenant_id = 7; delete from items where tenant_id = 7')
  const ofEight = ['8 a', '8 ann c of 8', '8 c']
  expect(await run('import', bundle)).toEqual({ code: 1, stdout: '', stderr: notImportable('items') })
  expect(await rows()).toEqual(ofEight)
  expect(await run('import', bundle, ...ofAnn)).toMatchObject({ code: 0, stderr: '' })
  expect(await rows()).toEqual(['7 a', '7 ann a first', '7 ann b second', '7 b', ...ofEight])
})

test('without a tenant nothing is imported', async () => {
  const file = await tempFile('items.csv', 'tenant_id,code\n7,x\n')
  const { code, stderr } = await run('import', file, '--resource', 'items')
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `${notImportable('items')}lading: Nothing was imported.\n`,
  })
  expect(await rows()).toEqual(before)
})

test('an empty tenant is a usage error, and does not mean "no caller"', async () => {
  const file = await tempFile('items.csv', 'code\nx\n')
  expect(await run('import', file, '--resource', 'items', '--tenant', '')).toEqual({
    code: 64,
    stdout: '',
    stderr: 'lading: The option --tenant must be a text of 1 to 255 characters.\n',
  })
})

test.each([
  ['import of a file', ['import', 'missing.csv', '--resource', 'items', '--principal', ''], '--principal'],
  [
    'import from an address',
    ['import', 'http://127.0.0.1:1/a.csv', '--resource', 'items', '--tenant='],
    '--tenant',
  ],
  ['import of a bundle', ['import', 'missing.tar.gz', '--tenant', 'x'.repeat(256)], '--tenant'],
  ['export', ['export', 'items', '--format', 'csv', '--tenant', ''], '--tenant'],
  [
    'export of a bundle',
    ['export', '--all', '--output', 'a.tgz', '--principal', 'x'.repeat(256)],
    '--principal',
  ],
  ['list of jobs', ['jobs', 'list', '--tenant', ''], '--tenant'],
  ['end of a job', ['jobs', 'cancel', noJob, '--tenant', ''], '--tenant'],
  ['second beginning of a job', ['jobs', 'retry', noJob, '--storage', '.', '--tenant='], '--tenant'],
])('the %s of an invalid name is rejected before anything else is checked', async (_what, args, option) => {
  const program = createProgram(process, () => expect.unreachable('The command came to its end.'))
  await expect(program.parseAsync(args, { from: 'user' })).rejects.toMatchObject({
    exitCode: 64,
    message: `The option ${option} must be a text of 1 to 255 characters.`,
  })
})

/** A server's, and what it does when a tenant sends a file. */
function server(storage: Storage = memoryStorage()) {
  const { pool } = database
  const { resources } = project
  const importer = createImporter({ pool, resources })
  const exporter = createExporter({ pool, resources })
  const jobs = createJobs({ importer, exporter, queue: memoryQueue(), storage })
  const submit = async (tenant: string) => {
    const source = Buffer.from('code\nx\n')
    return (await jobs.submitImport({ resource: 'items', format: 'csv', source, caller: { tenant } })).id
  }
  return { jobs, submit }
}

test('jobs are listed for one tenant, or for all', async () => {
  await database.pool.query('delete from lading.jobs')
  const { submit } = server()
  const ofSeven = await submit('7')
  const ofEight = await submit('8')
  const listed = async (...options: string[]) => {
    const { stdout } = await run('jobs', 'list', ...options)
    return stdout
      .trimEnd()
      .split('\n')
      .map(line => line.split('\t')[0])
  }
  expect(await Promise.all([listed('--tenant', '7'), listed()])).toEqual([[ofSeven], [ofEight, ofSeven]])
})

test('a job is cancelled and retried for its own tenant, and does not exist for another one', async () => {
  const folder = await tempFolder()
  const { jobs, submit } = server(fileStorage(folder))
  const id = await submit('8')
  const state = async () => (await jobs.get(id))?.status
  const none = { code: 1, stdout: '', stderr: 'lading: There is no job with this id.\n' }
  const done = (status: string) => ({
    code: 0,
    stdout: expect.stringContaining(`${id}\timport\titems\t${status}\t`),
  })
  const cancel = (...of: string[]) => run('jobs', 'cancel', id, ...of)
  const retry = (...of: string[]) => run('jobs', 'retry', id, '--storage', folder, ...of)

  expect(await cancel('--tenant', '7')).toEqual(none)
  expect(await state()).toBe('pending')
  expect(await cancel('--tenant', '8')).toMatchObject(done('cancelled'))
  // Also if a job of the own tenant would be reported with a reason.
  expect(await cancel('--tenant', '7')).toEqual(none)
  expect(await retry('--tenant', '7')).toEqual(none)
  expect(await state()).toBe('cancelled')
  expect(await retry('--tenant', '8')).toMatchObject(done('pending'))
  // A call without a tenant is that of the operator of all tenants.
  expect(await cancel()).toMatchObject(done('cancelled'))
  expect(await retry()).toMatchObject(done('pending'))
})

function notImportable(resource: string): string {
  return `lading: This caller cannot import into ${resource}: its scope does not fix a single value for each field, so there is no value to write.\n`
}
