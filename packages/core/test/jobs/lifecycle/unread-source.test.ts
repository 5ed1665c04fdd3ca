// A source that was opened for a worker that then gets no connection.
import type { Readable } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { fileStorage, type Storage } from '../../../src/index.ts'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'

const harness = jobsHarness()

/** Longer than what is read ahead: mostly blank lines. */
const file = `email,name,role,active\na@example.org,A,reader,true${'\n'.repeat(1_000_000)}`

test('a source that nothing reads is closed, and read by the next attempt', async () => {
  const storage = fileStorage(harness.folder)
  const opened: Readable[] = []
  const away = vi.spyOn(harness.database.pool, 'connect')
  const watched: Storage = {
    ...storage,
    async get(key, range) {
      const stored = await storage.get(key, range)
      opened.push(stored)
      if (opened.length === 1) away.mockRejectedValue(new Error('connect ECONNREFUSED') as never)
      return stored
    },
  }
  const { id } = await harness.jobs.submitImport({
    resource: 'users',
    format: 'csv',
    source: Buffer.from(file),
  })
  harness.work({ storage: watched, leaseSeconds: 1, rescueSeconds: 0.2 })
  await expect.poll(() => opened[0]?.destroyed).toBe(true)
  away.mockRestore()
  expect(await harness.ended(id)).toMatchObject({ status: 'completed' })
})
