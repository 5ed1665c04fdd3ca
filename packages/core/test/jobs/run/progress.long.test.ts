// How far a job is: records, bytes, and when it will have ended.
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { fileStorage, type Job } from '../../../src/index.ts'
import { gated } from '../../fixtures/gated-storage.ts'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'
import { bytes } from '../../support.ts'

const harness = jobsHarness()

const got = async (id: string) => (await harness.jobs.get(id)) as Job
/** Not alike, so that it stays long when it is compressed. */
const people = bytes(
  Array.from(
    { length: 1_500 },
    () =>
      `{"email":"${crypto.randomUUID()}@example.org","name":"${crypto.randomUUID()}","role":"reader","active":true}\n`,
  ).join(''),
)

test.each([
  ['plain', people, {}],
  ['compressed', gzipSync(people), { compression: 'gzip' }],
] as const)(
  'of a %s file it is estimated from bytes until the records are known',
  async (_, source, settings) => {
    const { id, progress, etaSeconds, rowsPerSecond } = await harness.jobs.submitImport({
      resource: 'users',
      format: 'ndjson',
      source,
      ...settings,
    })
    expect(progress).toMatchObject({ processedBytes: 0, totalBytes: source.length, percentage: 0 })
    expect([etaSeconds, rowsPerSecond]).toEqual([null, null])

    const storage = gated(fileStorage(harness.folder), 0.5)
    harness.work({ storage })
    await expect.poll(async () => (await got(id)).progress.processedRecords).toBeGreaterThan(0)
    const half = await got(id)
    const { processedBytes, totalBytes, totalRecords, percentage } = half.progress
    expect(processedBytes).toBeGreaterThan(0)
    // No more was given to it.
    expect(processedBytes).toBeLessThanOrEqual(source.length / 2)
    expect([totalBytes, totalRecords]).toEqual([source.length, null])
    expect(percentage).toBe(Math.floor((100 * processedBytes) / source.length))
    // At least half is left, so that it takes at least as long again.
    expect(half.etaSeconds).toBeGreaterThanOrEqual(1)
    expect(half.etaSeconds ?? 0).toBeGreaterThanOrEqual(Math.floor((half.durationSeconds ?? 0) * 0.9))
    expect(half.rowsPerSecond).toBeGreaterThan(0)

    storage.open()
    const job = await harness.ended(id)
    expect(job.progress).toMatchObject({
      processedRecords: 1_500,
      totalRecords: 1_500,
      processedBytes: source.length,
      totalBytes: source.length,
      percentage: 100,
    })
    expect(job.etaSeconds).toBeNull()
  },
)

test('metadata of the caller is stored unchanged', async () => {
  const metadata = { order: 7, __proto: 'x', nested: { list: [1, null, 'ë'] } }
  const { id } = await harness.jobs.submitImport({
    resource: 'users',
    format: 'ndjson',
    source: bytes(''),
    metadata,
  })
  expect((await got(id)).metadata).toEqual(metadata)
  const { jobs } = await harness.jobs.list({ kind: 'import' })
  expect(jobs[0]?.metadata).toEqual(metadata)
  await expect(
    harness.jobs.submitExport({ resource: 'users', format: 'csv', metadata: { a: 'x'.repeat(5_000) } }),
  ).rejects.toMatchObject({ code: 'OPTION_INVALID' })
})
