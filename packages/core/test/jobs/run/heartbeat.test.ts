// The heartbeat alone: jobs that write no batch for longer than their lease stay with their worker.
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { expect, test } from 'vitest'
import { fileStorage, type Storage } from '../../../src/index.ts'
import { file, jobsHarness, queueWith } from '../../fixtures/jobs-harness.ts'

const harness = jobsHarness()

/** A storage that neither sends nor accepts anything until it is released; `stopped` lists those that were aborted. */
function still(storage: Storage) {
  let open: () => void = () => undefined
  const isOpen = new Promise<void>(resolve => {
    open = resolve
  })
  const stopped: string[] = []
  const isStill: string[] = []
  const slow: Storage = {
    ...storage,
    async get(key, range) {
      const stored = await storage.get(key, range)
      const reader = new PassThrough()
      isStill.push('import')
      reader.once('close', () => {
        stored.destroy()
        stopped.push('import')
      })
      // A test may end while the file is still read; the reader hears of every other failure.
      isOpen.then(() => pipeline(stored, reader)).catch(() => undefined)
      return reader
    },
    async put(key, source, options) {
      const abortSignal = options?.signal
      isStill.push('export')
      abortSignal?.addEventListener('abort', () => stopped.push('export'))
      const isAborted = abortSignal && once(abortSignal, 'abort')
      await Promise.race([isOpen, isAborted])
      return storage.put(key, source, options)
    },
  }
  return { storage: slow, isStill, stopped, open: () => open() }
}

/** An import and an export that have started, and neither read nor write anything. */
async function begun(leaseSeconds?: number) {
  const files = fileStorage(harness.folder)
  const ids = [
    (await harness.jobs.submitImport({ resource: 'users', format: 'csv', source: Buffer.from(file) })).id,
    (await harness.jobs.submitExport({ resource: 'users', format: 'csv' })).id,
  ]
  const slow = still(files)
  harness.work({ storage: slow.storage, ...(leaseSeconds !== undefined && { leaseSeconds }) })
  await expect.poll(() => slow.isStill.toSorted()).toEqual(['export', 'import'])
  return { ...slow, ids }
}

test('a lease is 30 seconds long, unless the option says otherwise', async () => {
  const { open } = await begun()
  const { rows } = await harness.database.pool.query(
    'select extract(epoch from lease_until - clock_timestamp())::float as seconds from lading.jobs',
  )
  for (const { seconds } of rows) {
    expect(seconds).toBeGreaterThan(15)
    expect(seconds).toBeLessThanOrEqual(30)
  }
  open()
})

test('the lease of a job that writes no batch is renewed, does not expire, and the job is not taken over', async () => {
  const leaseSeconds = 2
  const { ids, open } = await begun(leaseSeconds)
  const others = new AbortController()
  const working = harness.jobsWith({ leaseSeconds, rescueSeconds: 0.1 }).work({ signal: others.signal })
  const looks: boolean[] = []
  const lived = async () => {
    const { rows } = await harness.database.pool.query(
      `select token::int, lease_until > clock_timestamp() as holds,
         extract(epoch from lease_until - claimed_at)::float as seconds from lading.jobs`,
    )
    looks.push(...rows.map(({ token, holds }) => token === 1 && holds))
    return Math.min(...rows.map(({ seconds }) => seconds))
  }
  // Renewed for the last time when three leases were over.
  await expect.poll(lived, { timeout: 20_000, interval: 50 }).toBeGreaterThan(4 * leaseSeconds)
  expect(looks.filter(isHeld => !isHeld)).toEqual([])
  open()
  for (const id of ids) expect(await harness.ended(id)).toMatchObject({ status: 'completed' })
  others.abort()
  await working
  const { rows: claims } = await harness.database.pool.query('select token::int from lading.jobs')
  expect(claims).toEqual([{ token: 1 }, { token: 1 }])
})

test('a worker whose jobs were taken over learns it from the next heartbeat, and reports nothing more of them', async () => {
  const { stopped } = await begun(1)
  await harness.database.pool.query(
    "update lading.jobs set token = 2, lease_until = clock_timestamp() + interval '1 hour'",
  )
  await expect.poll(() => stopped.toSorted(), { timeout: 10_000 }).toEqual(['export', 'import'])
  await harness.stop()
  const { rows } = await harness.database.pool.query('select status, token::int from lading.jobs')
  expect(rows).toEqual(Array(2).fill({ status: 'processing', token: 2 }))
})

test('so does one whose jobs were cancelled by a process that cannot notify it', async () => {
  const { ids, stopped } = await begun(1)
  const mute = queueWith({ interrupt: async () => undefined })
  const elsewhere = harness.jobsWith({ queue: mute })
  for (const id of ids) expect(await elsewhere.cancel(id)).toMatchObject({ status: 'cancelled' })
  await expect.poll(() => stopped.toSorted(), { timeout: 10_000 }).toEqual(['export', 'import'])
})
