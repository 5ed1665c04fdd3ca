// The progress of an export while it runs: printed rows, and bytes in its file.
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { createExporter, type ExportProgress, fileStorage, type Storage } from '../../../src/index.ts'
import { plantRows } from '../../fixtures/bundle-fixture.ts'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'
import { resources } from '../../support.ts'

const harness = jobsHarness()

/** A storage that accepts this many bytes, and the rest when it is released. */
function heldStorage(storage: Storage, bytes: number): { readonly storage: Storage; open(): void } {
  let open: () => void = () => undefined
  const isOpen = new Promise<void>(resolve => {
    open = resolve
  })
  async function* held(source: AsyncIterable<Uint8Array>) {
    let taken = 0
    for await (const chunk of source) {
      yield chunk
      taken += chunk.length
      if (taken >= bytes) await isOpen
    }
  }
  return {
    storage: {
      ...storage,
      put: (key, source, options) => storage.put(key, Readable.from(held(source)), options),
    },
    open: () => open(),
  }
}

test('rows and bytes are reported while it runs, and restart with another attempt', async () => {
  await plantRows(harness.database.pool, 20_000)
  const files = fileStorage(harness.folder)
  const { storage, open } = heldStorage(files, 500_000)
  const { id } = await harness.jobs.submitExport({ resource: 'users', format: 'csv' })
  harness.work({ storage })
  const progress = async () => (await harness.jobs.get(id))?.progress
  await expect.poll(async () => (await progress())?.processedBytes).toBeGreaterThan(400_000)
  const amid = await harness.jobs.get(id)
  expect(amid).toMatchObject({ status: 'processing', file: null })
  expect(amid?.progress).toMatchObject({ totalRecords: null, totalBytes: null, percentage: null })
  const { processedRecords: rows = 0, processedBytes: bytes = 0 } = amid?.progress ?? {}
  // A row has about 120 bytes, and up to two chunks are printed ahead of the reader.
  expect(rows).toBeGreaterThan(bytes / 200)
  expect(rows).toBeLessThan(20_000)

  // Released by a worker that stops, and repeated by another one from its beginning.
  await Promise.all([harness.stop(), open()])
  harness.work({ storage: heldStorage(files, 0).storage })
  await expect.poll(async () => (await progress())?.processedRecords).toBe(0)
  await harness.stop()
  harness.work()
  const job = await harness.ended(id)
  const size = job.file?.size
  expect(job.progress).toMatchObject({
    totalRecords: 20_000,
    processedRecords: 20_000,
    processedBytes: size,
    totalBytes: size,
    percentage: 100,
  })
})

describe.each([false, true])('with a hook on each row: %s', hasHook => {
  test.each([
    ['csv', {}],
    ['csv', { header: false }],
    ['csv', { excel: true }],
    ['ndjson', {}],
    ['json', {}],
    ['ndjson', { compression: 'gzip' }],
  ] as const)('%s %j: the last report has all rows and bytes', async (format, options) => {
    await plantRows(harness.database.pool, 700)
    const own = resources.map(one => (hasHook ? { ...one, printRow: (row: object) => ({ ...row }) } : one))
    const reported: ExportProgress[] = []
    const exporter = createExporter({ pool: harness.database.pool, resources: own, batchRows: 50 })
    const onProgress = (progress: ExportProgress) => reported.push(progress)
    const file = await buffer(exporter.stream({ resource: 'users', format, ...options, onProgress }))
    expect(reported.at(-1)).toEqual({ rows: 700, bytes: file.length })
    const counts = reported.map(({ rows }) => rows)
    expect(counts).toEqual(counts.toSorted((one, other) => one - other))
  })
})
