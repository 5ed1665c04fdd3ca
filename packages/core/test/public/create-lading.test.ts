// createLading: imports and exports without tables of Lading, jobs with them, options that are given once.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import {
  createLading,
  defineResource,
  type LadingOptions,
  memoryStorage,
  migrate,
  Type,
} from '../../src/index.ts'

const things = defineResource('things', {
  table: 'things',
  schema: Type.Object({ id: Type.Integer(), tenant: Type.Optional(Type.String()) }),
  fields: { tenant: { readOnly: true } },
})

let database: TestDatabase
beforeEach(async () => {
  database = await createDatabase()
  await database.pool.query(
    "create table things (id int primary key, tenant text default current_setting('app.tenant', true))",
  )
})
afterEach(() => database.drop())

const made = (options: Partial<LadingOptions> = {}) =>
  createLading({ ...options, pool: database.pool, resources: [things] })

const csv = (ids: readonly number[]) => Buffer.from(`id\n${ids.map(id => `${id}\n`).join('')}`)

test('imports and exports without migrations, with one set of session variables', async () => {
  const lading = made({ sessionVariables: caller => ({ 'app.tenant': caller?.tenant ?? '' }) })
  await lading.check()
  const caller = { tenant: 'a' }
  const report = await lading.import({ resource: 'things', format: 'csv', source: csv([1, 2]), caller })
  expect(report).toMatchObject({ successful: 2, failed: 0 })
  expect(await text(lading.export({ resource: 'things', format: 'csv' }))).toBe('id,tenant\n1,a\n2,a\n')
  await lading.close()
})

test('undefined means the default, for every option', async () => {
  const lading = createLading({
    pool: database.pool,
    resources: [things],
    storage: undefined,
    queue: undefined,
    sessionVariables: undefined,
    synchronousCommit: undefined,
    limits: {
      batchRows: undefined,
      batchBytes: undefined,
      maxRecordBytes: undefined,
      maxFileBytes: undefined,
    },
    jobs: { leaseSeconds: undefined, maxAttempts: undefined, remote: undefined, verifyStored: undefined },
    metrics: undefined,
    onError: undefined,
  })
  expect(lading.jobs).toBe(lading.jobs)
  expect(await lading.import({ resource: 'things', source: [{ id: 1 }], client: undefined })).toMatchObject({
    successful: 1,
  })
})

test('a limit of bytes holds for imports and for jobs, unless one says otherwise', async () => {
  const lading = made({ storage: memoryStorage(), limits: { maxFileBytes: 10 } })
  const large = { resource: 'things', format: 'csv', source: csv([1, 2, 3, 4, 5, 6]) } as const
  await expect(lading.import(large)).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' })
  expect(
    await lading.import({ ...large, source: csv([11, 12, 13, 14, 15, 16]), maxBytes: 100 }),
  ).toMatchObject({ successful: 6 })
  await migrate({ pool: database.pool })
  await expect(lading.jobs.submitImport(large)).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' })
})

test('jobs are done by `work` until `close`, with files in the default folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lading-test-'))
  const before = process.cwd()
  process.chdir(folder)
  try {
    await migrate({ pool: database.pool })
    const lading = made()
    const working = lading.work({ imports: 1, exports: 1 })
    const { id } = await lading.jobs.submitImport({ resource: 'things', format: 'csv', source: csv([1, 2]) })
    await expect.poll(async () => (await lading.jobs.get(id))?.status).toBe('completed')
    expect(await readdir('.lading/files')).toContain('imports')
    await lading.close()
    await working
    await lading.close()
    await lading.work()
  } finally {
    process.chdir(before)
    await rm(folder, { recursive: true })
  }
})

test('an invalid configuration is reported at once', () => {
  expect(() => made({ limits: { batchRows: 0 } })).toThrow(
    'The option batchRows must be a whole number from 1',
  )
  expect(() => made({ jobs: { janitorSeconds: 0 } }).jobs).toThrow('janitorSeconds')
})
