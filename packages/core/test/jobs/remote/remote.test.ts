// An import from a URL as a job: fetched once by its worker, after which the URL is deleted.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { file } from '../../fixtures/jobs-harness.ts'
import { remote, remoteJobsHarness, secret } from '../../fixtures/remote-jobs-harness.ts'

const { harness, serve, submit, tablesWithSecret, storedFiles } = remoteJobsHarness()

test('the job stores the received bytes, and the URL is deleted afterwards', async () => {
  const server = await serve((_request, response) => response.end(file))
  const { id, format, submittedFormat } = await submit(server.url, { idempotencyKey: 'k' })
  expect([format, submittedFormat]).toEqual(['csv', 'csv'])
  expect(await tablesWithSecret()).toEqual(['remote_sources'])
  expect(server.connections()).toBe(0)

  harness.work({ remote })
  const job = await harness.ended(id)
  expect([job.status, job.progress.insertedRecords, job.progress.failedRecords]).toEqual(['completed', 3, 3])
  expect(await tablesWithSecret()).toEqual([])
  const [key = ''] = await storedFiles()
  expect(await readFile(join(harness.folder, key), 'utf8')).toBe(file)
  const { rows } = await harness.database.pool.query('select source_sha256, source_size from lading.jobs')
  expect(rows).toEqual([
    { source_sha256: createHash('sha256').update(file).digest('hex'), source_size: String(file.length) },
  ])
  expect(JSON.stringify(job)).not.toContain(secret)
})

test('the progress of the transfer is reported, and restarts with another attempt', async () => {
  const users = `email,name,role,active\n${`not-an-email,${'Ada'.repeat(100)},admin,true\n`.repeat(1_000)}`
  const gates: (() => void)[] = []
  const server = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': users.length })
    const sent = gates.length === 0 ? 200_000 : 100_000
    response.write(users.slice(0, sent))
    gates.push(() => response.end(users.slice(sent)))
  })
  const { id, progress } = await submit(server.url)
  expect(progress.fetchedBytes).toBeNull()
  const fetched = async () => (await harness.jobs.get(id))?.progress.fetchedBytes
  harness.work({ remote })
  // What the last chunk is filled up with has not come.
  await expect.poll(fetched).toBeGreaterThan(200_000 - 65_536)
  expect(await fetched()).toBeLessThanOrEqual(200_000)
  expect(await harness.jobs.get(id)).toMatchObject({
    status: 'processing',
    progress: { processedBytes: 0, totalBytes: null },
  })

  await harness.stop()
  harness.work({ remote })
  await expect.poll(() => gates.length).toBe(2)
  await expect.poll(fetched).toBeLessThanOrEqual(100_000)
  gates[1]?.()
  const done = await harness.ended(id)
  expect(done.progress).toMatchObject({
    fetchedBytes: users.length,
    processedBytes: users.length,
    failedRecords: 1_000,
  })
})

test('switched off, nothing is accepted, and nothing is fetched that another process accepted', async () => {
  const server = await serve((_request, response) => response.end(file))
  const off = harness.jobsWith({ remote: false })
  const sentence = 'Imports from a URL are disabled here; upload the file instead.'
  await expect(off.submitRemoteImport({ resource: 'users', url: server.url })).rejects.toMatchObject({
    code: 'URL_NOT_ALLOWED',
    message: sentence,
  })
  const { id } = await submit(server.url)
  harness.work({ remote: false })
  expect(await harness.ended(id)).toMatchObject({
    status: 'failed',
    errorCode: 'URL_NOT_ALLOWED',
    errorMessage: sentence,
  })
  expect(server.connections()).toBe(0)
})

test('by default, only public servers on the usual ports are fetched from', async () => {
  const server = await serve((_request, response) => response.end(file))
  const refused = { code: 'URL_NOT_ALLOWED' }
  for (const url of [server.url, 'http://93.184.216.34:8080/users.csv', 'http://localhost/users.csv']) {
    await expect(harness.jobs.submitRemoteImport({ resource: 'users', url })).rejects.toMatchObject(refused)
  }
  // Taken by a process that allows more than the one which works.
  const { id } = await submit(server.url)
  harness.work()
  expect(await harness.ended(id)).toMatchObject({ status: 'failed', errorCode: 'URL_NOT_ALLOWED' })
  expect(server.connections()).toBe(0)
})

test('a request that could never work is rejected before there is a job', async () => {
  for (const [more, code] of [
    [{ format: 'exe' }, 'FORMAT_UNSUPPORTED'],
    [{ resource: 'user' }, 'RESOURCE_UNKNOWN'],
    [{ onConflict: 'never' }, 'OPTION_INVALID'],
    [{ mapping: { Mail: 'emial' } }, 'OPTION_INVALID'],
    [{ after: 'x' }, 'OPTION_INVALID'],
  ] as const) {
    await expect(submit('http://127.0.0.1/users.csv', more)).rejects.toMatchObject({ code })
  }
  expect((await harness.jobs.list({ kind: 'import' })).jobs).toEqual([])
})

test('a failed fetch is retried from its start, while the URL is kept', async () => {
  let status = 404
  const server = await serve((_request, response) =>
    response.writeHead(status).end(status === 200 ? file : ''),
  )
  const { id } = await submit(server.url)
  harness.work({ remote })
  const failed = await harness.ended(id)
  expect([failed.status, failed.errorCode, failed.progress.totalBytes]).toEqual([
    'failed',
    'SOURCE_UNAVAILABLE',
    null,
  ])
  expect(failed.errorMessage).toBe(
    'The server of the file answered with status 404 instead of the file; check whether the address is still right.',
  )
  expect(server.requests.length).toBe(1)
  status = 200
  await harness.jobs.retry(id)
  expect((await harness.ended(id)).progress.successfulRecords).toBe(3)
  expect(await tablesWithSecret()).toEqual([])
})

test('the URL of a job that ended without its file is deleted after the retention period of files', async () => {
  const server = await serve((_request, response) => response.writeHead(404).end())
  const { id } = await submit(server.url)
  harness.work({ remote })
  await harness.ended(id)
  await harness.stop()
  expect((await harness.jobs.clean()).spool).toBe(0)
  expect(await tablesWithSecret()).toEqual(['remote_sources'])
  await harness.database.pool.query(`update lading.jobs set completed_at = completed_at - interval '8 days'`)
  expect((await harness.jobs.clean()).spool).toBe(1)
  expect(await tablesWithSecret()).toEqual([])
  await expect(harness.jobs.retry(id)).rejects.toMatchObject({ code: 'STORAGE_NOT_FOUND' })
})

test('a job that has its file does not fetch it again', async () => {
  const server = await serve((_request, response) => response.end(file))
  const { id } = await submit(server.url, { maxErrors: 1 })
  harness.work({ remote })
  expect((await harness.ended(id)).errorCode).toBe('TOO_MANY_ERRORS')
  await harness.jobs.retry(id)
  await harness.ended(id)
  await harness.jobs.retry(id)
  expect((await harness.ended(id)).progress.failedRecords).toBe(3)
  expect(server.requests.length).toBe(1)
})

test('a server that stays slow fails the job with one sentence, after the maximum number of attempts', async () => {
  const server = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': 1_000 })
    response.write('e')
  })
  const { id } = await submit(server.url)
  harness.work({ remote: { ...remote, rateSeconds: 0.2, minBytesPerSecond: 100 }, maxAttempts: 2 })
  const job = await harness.ended(id)
  expect([job.errorCode, job.errorMessage]).toEqual([
    'SOURCE_UNAVAILABLE',
    'The server of the file sent less than 100 bytes a second for 0.2 seconds; try again when it is faster.',
  ])
  expect(server.requests.length).toBe(2)
})

test('it is fetched in its turn, after the import that it follows', async () => {
  const server = await serve((_request, response) => response.end(file))
  const before = await harness.jobs.submitImport({
    resource: 'users',
    format: 'csv',
    source: Buffer.from(file),
  })
  const { id } = await submit(server.url, { after: before.id, onConflict: 'ignore' })
  expect((await harness.jobs.get(id))?.status).toBe('pending')
  harness.work({ remote })
  const [first, second] = [await harness.ended(before.id), await harness.ended(id)]
  expect([first.progress.insertedRecords, second.progress.insertedRecords]).toEqual([3, 0])
  expect(Number(second.startedAt)).toBeGreaterThanOrEqual(Number(first.completedAt))
})
