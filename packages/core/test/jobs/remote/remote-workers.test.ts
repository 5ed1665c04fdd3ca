// Workers that stop, or are considered dead, while they fetch a file: the next one starts over, and only its file counts.
import { expect, test } from 'vitest'
import { fileStorage, memoryQueue } from '../../../src/index.ts'
import { file } from '../../fixtures/jobs-harness.ts'
import { remote, remoteJobsHarness } from '../../fixtures/remote-jobs-harness.ts'

const { harness, serve, submit, tablesWithSecret, storedFiles, keysOnDisk } = remoteJobsHarness()

/** A server that holds back the second half of each answer until it is released. */
async function halfWay() {
  const gates: (() => void)[] = []
  const server = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': file.length })
    response.write(file.slice(0, 50))
    gates.push(() => response.end(file.slice(50)))
  })
  /** @param meanwhile repeated until then */
  const reached = (count: number, meanwhile = async () => {}) =>
    expect
      .poll(async () => {
        await meanwhile()
        return gates.length
      })
      .toBe(count)
  return { server, gates, reached }
}

test('a worker that is stopped releases the job, and the next one starts over', async () => {
  const { server, gates, reached } = await halfWay()
  const { id } = await submit(server.url)
  harness.work({ remote })
  await reached(1)
  await harness.stop()
  const { rows } = await harness.database.pool.query('select status, attempts from lading.jobs')
  expect(rows).toEqual([{ status: 'pending', attempts: 0 }])
  harness.work({ remote })
  await reached(2)
  gates[1]?.()
  expect((await harness.ended(id)).progress.insertedRecords).toBe(3)
  expect(server.requests.map(({ headers }) => headers.range)).toEqual([undefined, undefined])
  expect((await storedFiles()).length).toBe(1)
})

test('a worker that was considered dead does not replace the file of the other one', async () => {
  const { server, gates, reached } = await halfWay()
  const { id } = await submit(server.url)
  const storage = fileStorage(harness.folder)
  const deleted: string[] = []
  const forget = async (key: string) => {
    await storage.delete(key)
    deleted.push(key)
  }
  // It looks for jobs only once, or it would find its own job again as soon as that is considered lost.
  const once = { pollMs: 3_600_000, queue: memoryQueue() }
  harness.work({ ...once, remote, leaseSeconds: 3_600, storage: { ...storage, delete: forget } })
  await reached(1)
  const stop = new AbortController()
  // A queue that knows nothing of the first one finds the job by its sweep.
  const second = harness
    .jobsWith({ remote, rescueSeconds: 0.05, queue: memoryQueue() })
    .work({ signal: stop.signal })
  // Again and again: the connection for heartbeats may open late, and then renews the lease once.
  await reached(2, async () => {
    await harness.database.pool.query(
      'update lading.jobs set lease_until = clock_timestamp() where token = 1',
    )
  })
  // The first one finishes while the second one is at it.
  gates[0]?.()
  await expect.poll(() => deleted.length).toBe(1)
  expect([await storedFiles(), await keysOnDisk(), await tablesWithSecret()]).toEqual([
    [],
    [],
    ['remote_sources'],
  ])
  gates[1]?.()
  expect((await harness.ended(id)).progress.insertedRecords).toBe(3)
  expect(await keysOnDisk()).toEqual(await storedFiles())
  stop.abort()
  await second
})

test('workers that are killed during each fetch are not sent there forever', async () => {
  const { server } = await halfWay()
  const { id } = await submit(server.url)
  await harness.database.pool.query(
    `update lading.jobs set status = 'processing', token = 5, attempts = 5, claimed_row = 0,
      lease_until = clock_timestamp() - interval '1 s'`,
  )
  harness.work({ remote })
  const job = await harness.ended(id)
  expect(job).toMatchObject({ status: 'failed', errorCode: 'POISON' })
  expect(job.errorMessage).toContain('while its file was fetched; look at the server of the file')
  expect(server.requests).toEqual([])
})
