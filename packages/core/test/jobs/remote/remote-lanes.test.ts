// Files that come slowly from elsewhere: they hold back neither the imports of files that are here, nor those of other tenants.
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import type { WorkOptions } from '../../../src/index.ts'
import { file } from '../../fixtures/jobs-harness.ts'
import { remote, remoteJobsHarness } from '../../fixtures/remote-jobs-harness.ts'

const { harness, serve, submit, storedFiles, keysOnDisk } = remoteJobsHarness()

/** A server that sends a part of each file and then nothing, as slowly as it is allowed to. */
const slowServer = () =>
  serve((_request, response) => {
    response.writeHead(200, { 'content-length': 90_000_000 })
    response.write(file.slice(0, 50))
  })

const swiftServer = () => serve((_request, response) => void response.end(file))

const of = (tenant: string) => ({ caller: { tenant } })

const upload = (tenant: string) =>
  harness.jobs.submitImport({
    resource: 'users',
    format: 'csv',
    source: Readable.from([file]),
    ...of(tenant),
  })

/** Of the jobs that wait, in the order in which they came. */
const waiting = async () => {
  const { rows } = await harness.database.pool.query(
    `select split_part(lane, ' ', 1) as kind, fairness_key as turn from lading.jobs where status = 'pending' order by number`,
  )
  return rows
}

/** A process that works on some kinds of jobs only, until it is stopped. */
function process(options: Omit<WorkOptions, 'signal'>) {
  const end = new AbortController()
  const working = harness.jobsWith({ remote }).work({ signal: end.signal, ...options })
  return {
    async stop() {
      end.abort()
      await working
    },
  }
}

test('slow remote files of one tenant do not hold back the upload of another', async () => {
  const slow = await slowServer()
  for (let count = 0; count < 6; count++) await submit(slow.url, of('acme'))
  harness.work({ remote })
  await expect.poll(() => slow.requests.length).toBe(3)
  const { id } = await upload('beta')
  expect((await harness.ended(id)).progress.insertedRecords).toBe(3)
})

test('however many slow files one tenant has, a fetcher is left for the files of others', async () => {
  const slow = await slowServer()
  const swift = await swiftServer()
  for (let count = 0; count < 6; count++) await submit(slow.url, of('acme'))
  harness.work({ remote })
  await expect.poll(() => slow.requests.length).toBe(3)
  const first = await submit(swift.url, of('beta'))
  expect((await harness.ended(first.id)).progress.insertedRecords).toBe(3)
  const second = await submit(swift.url, of('gamma'))
  expect((await harness.ended(second.id)).status).toBe('completed')
  expect([slow.requests.length, swift.requests.length]).toEqual([3, 2])
})

test('without a tenant, principals take turns; and without a caller, resources', async () => {
  const { url } = await swiftServer()
  await submit(url, { caller: { principal: 'anna' } })
  await submit(url, { caller: { tenant: 'acme', principal: 'anna' } })
  await submit(url)
  expect(await waiting()).toEqual([
    { kind: 'fetch', turn: 'anna' },
    { kind: 'fetch', turn: 'acme' },
    { kind: 'fetch', turn: 'users' },
  ])
})

test('one process fetches the file, and another one imports it', async () => {
  const swift = await swiftServer()
  const { id } = await submit(swift.url)
  const fetching = process({ imports: 0, exports: 0, fetches: 1 })
  await expect.poll(waiting).toEqual([{ kind: 'import', turn: '/users' }])
  await fetching.stop()
  const job = await harness.jobs.get(id)
  expect(job).toMatchObject({ status: 'pending', format: 'csv', progress: { totalBytes: file.length } })
  const importing = process({ imports: 1, exports: 0, fetches: 0 })
  expect((await harness.ended(id)).progress.insertedRecords).toBe(3)
  await importing.stop()
  const { rows } = await harness.database.pool.query(
    'select attempts, worker is null as free from lading.jobs',
  )
  expect(rows).toEqual([{ attempts: 1, free: false }])
  expect(swift.requests.length).toBe(1)
  expect(await keysOnDisk()).toEqual(await storedFiles())
})

test('a process that does not import does not fetch, unless it is configured to', async () => {
  const swift = await swiftServer()
  await submit(swift.url)
  const exporting = process({ imports: 0 })
  const other = await harness.jobs.submitExport({ resource: 'users', format: 'csv' })
  await harness.ended(other.id)
  await exporting.stop()
  expect([swift.requests.length, await waiting()]).toEqual([0, [{ kind: 'fetch', turn: 'users' }]])
})

test('fetchers need no connections of their own: the pool need not be larger for them', async () => {
  const slow = await slowServer()
  for (let count = 0; count < 12; count++) await submit(slow.url, of(`tenant-${count}`))
  const { options } = harness.database.pool
  const fewest = (options.max ?? 10) - 3
  const working = process({ imports: fewest, exports: 0, fetches: 12 })
  await expect.poll(() => slow.requests.length).toBe(12)
  expect((await harness.ended((await upload('beta')).id)).status).toBe('completed')
  await working.stop()
})
