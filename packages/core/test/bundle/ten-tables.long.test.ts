// A bundle of ten related tables, restored into an empty copy of their schema: every row is unchanged, and the application works.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import {
  createExporter,
  createImporter,
  createJobs,
  type ImportWarning,
  memoryStorage,
  postgresQueue,
} from '../../src/index.ts'
import { buffer } from '../fixtures/bundle-fixture.ts'
import {
  nextInserts,
  plantTen,
  tenResources as resources,
  tenNames,
  tenRows,
  tenTables,
} from '../fixtures/ten-tables-fixture.ts'

let full: TestDatabase
let before: Readonly<Record<string, readonly string[]>>
beforeAll(async () => {
  full = await createReferenceDatabase()
  await full.pool.query(tenTables)
  await plantTen(full.pool)
  before = await tenRows(full.pool)
})
afterAll(() => full.drop())

/** One of the codes is a space, and that is reported. */
const isUnforeseen = ({ code }: ImportWarning) => code !== 'INVISIBLE_CHARACTERS'

/** As the library does it: file by file. */
async function byLibrary({ pool }: TestDatabase, source: Buffer, batchRows: number): Promise<void> {
  const importer = createImporter({ pool, resources, batchRows })
  await importer.check()
  const bundle = await importer.openBundle({ source })
  for (const { resource, format, open } of bundle.entries) {
    const report = await importer.run({ resource, format, source: await open() })
    expect([report.failed, report.warnings.filter(isUnforeseen), report.errors]).toEqual([0, [], []])
  }
  await bundle.close()
}

/** As jobs. */
async function byJobs({ pool }: TestDatabase, source: Buffer, batchRows: number): Promise<void> {
  const queue = postgresQueue()
  const importer = createImporter({ pool, resources, batchRows })
  const jobs = createJobs({
    importer,
    exporter: createExporter({ pool, resources }),
    queue,
    storage: memoryStorage(),
  })
  const stopping = new AbortController()
  const working = jobs.work({ signal: stopping.signal })
  const begun = await jobs.submitBundleImport({ source })
  expect(begun.jobs).toHaveLength(tenNames.length)
  for (const { id } of begun.jobs) {
    await expect
      .poll(async () => (await jobs.get(id))?.status, { timeout: 20_000 })
      .toMatch(/completed|failed/)
    const job = await jobs.get(id)
    expect([job?.errorMessage, job?.progress.failedRecords, job?.warnings.filter(isUnforeseen)]).toEqual([
      null,
      0,
      [],
    ])
  }
  stopping.abort()
  await working
  await queue.close?.()
}

describe.each([
  ['by the library', byLibrary],
  ['as jobs', byJobs],
])('%s', (_, restore) => {
  test.each([
    ['ndjson', 7],
    ['csv', 4_000],
  ])('from %s, in batches of %i', async (format, batchRows) => {
    const bundle = await buffer(createExporter({ pool: full.pool, resources }).bundle({ format }))
    const empty = await createReferenceDatabase()
    await empty.pool.query(tenTables)
    await restore(empty, bundle, batchRows)
    expect(await tenRows(empty.pool)).toEqual(before)
    for (const insert of nextInserts) await empty.pool.query(insert)
    const after = await tenRows(empty.pool)
    for (const table of tenNames) expect(after[table]).toHaveLength((before[table]?.length ?? 0) + 1)
    await empty.drop()
  })
})

test('the restored tables have rows of every kind', () => {
  for (const table of tenNames) expect(before[table]?.length).toBeGreaterThanOrEqual(3)
  expect(before.authors).toContain('(90001,far,)')
  expect(before.stock?.filter(row => /,,,,\d+\)$/.test(row))).toHaveLength(1)
})
