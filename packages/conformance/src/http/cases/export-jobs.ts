// Cases of the HTTP suite: exports that are made in the background and fetched later.
import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import type { Job } from '@lading/core'
import {
  answerOf,
  assertProblem,
  ended,
  type HttpCases,
  type HttpHarness,
  sendJson,
  sendRaw,
  usersCsv,
} from '../harness.ts'

const send = (harness: HttpHarness, body: unknown) => sendJson(harness, '/v1/exports', body)

/** A service whose export job looks as given, independent of its actual state. */
async function withExport(harness: HttpHarness, change: Partial<Job>): Promise<string> {
  const { job_id } = await ended(
    harness,
    await send(harness, { resource: 'users', filters: { name: randomUUID() } }),
  )
  const { jobs } = harness.service
  const get = async (id: string) => {
    const job = await jobs.get(id)
    return job && { ...job, ...change }
  }
  const { base } = await harness.serve({ jobs: { ...jobs, get } })
  return `${base}/v1/exports/${job_id}`
}

export const exportJobCases: HttpCases = {
  'an export is made, described and downloaded': async harness => {
    const name = randomUUID()
    await ended(harness, await sendRaw(harness, 'resource=users', usersCsv(3).replaceAll(/User \d/g, name)))
    const accepted = await send(harness, { resource: 'users', format: 'csv', filters: { name } })
    const location = accepted.headers.get('location')
    const job = await ended(harness, accepted)
    const self = `${harness.mount}/v1/exports/${job.job_id}`
    assert.deepEqual([location, job.links], [self, { self, download: `${self}/download` }])
    assert.deepEqual(
      [job.type, job.status, job.resource, job.format],
      ['export', 'completed', 'users', 'csv'],
    )
    assert.deepEqual([job.error_code, job.error_message, job.download_url], [null, null, `${self}/download`])
    assert.equal(job.progress.successful_records, 3)
    assert.ok(Date.parse(job.expires_at) > Date.now())

    const response = await fetch(harness.origin + job.download_url)
    const body = Buffer.from(await response.arrayBuffer())
    const hash = createHash('sha256').update(body)
    assert.equal(body.length, job.file_size)
    assert.equal(hash.copy().digest('hex'), job.sha256)
    assert.equal(response.headers.get('content-length'), String(body.length))
    assert.equal(response.headers.get('content-type'), 'text/csv; charset=utf-8')
    assert.match(
      response.headers.get('content-disposition') ?? '',
      /^attachment; filename="users-[\d-]{10}\.csv"$/,
    )
    assert.equal(response.headers.get('repr-digest'), `sha-256=:${hash.digest('base64')}:`)
    assert.equal(body.toString().split('\n').length, 5)

    const etag = response.headers.get('etag') ?? ''
    const again = await fetch(harness.origin + job.download_url, { headers: { 'if-none-match': etag } })
    assert.deepEqual([again.status, await again.text()], [304, ''])
    const head = await fetch(harness.origin + job.download_url, { method: 'HEAD' })
    assert.equal(head.headers.get('content-length'), String(body.length))
  },

  'invalid requests are rejected': async harness => {
    await assertProblem(await send(harness, {}), 400, 'OPTION_INVALID')
    await assertProblem(await send(harness, []), 400, 'OPTION_INVALID')
    await assertProblem(await send(harness, { resource: 'users', colour: 'red' }), 400, 'OPTION_INVALID')
    await assertProblem(await send(harness, { resource: 'users', format: 'exe' }), 400, 'OPTION_INVALID')
    await assertProblem(await send(harness, { resource: 'user' }), 400, 'RESOURCE_UNKNOWN')
    await assertProblem(
      await send(harness, { resource: 'users', filters: { rol: 'admin' } }),
      400,
      'FILTER_INVALID',
    )
    for (const more of [
      { fields: ['colour'] },
      { sort: '-colour' },
      { limit: 0 },
      { excel: true, format: 'ndjson' },
    ]) {
      await assertProblem(await send(harness, { resource: 'users', ...more }), 400, 'OPTION_INVALID')
    }
  },

  'ids that are malformed, unknown, or of an import are rejected': async harness => {
    const base = `${harness.base}/v1/exports`
    const imported = await ended(harness, await sendRaw(harness, 'resource=users', usersCsv(1)))
    for (const tail of ['', '/download']) {
      await assertProblem(await fetch(`${base}/nonsense${tail}`), 400, 'JOB_ID_INVALID')
      await assertProblem(await fetch(`${base}/${randomUUID()}${tail}`), 404, 'JOB_NOT_FOUND')
      await assertProblem(await fetch(`${base}/${imported.job_id}${tail}`), 404, 'JOB_NOT_FOUND')
    }
  },
}

/** States of an export, which depend on core alone. */
export const exportStateCases: HttpCases = {
  'a file that is not ready, or has expired, is not served': async harness => {
    const pending = await withExport(harness, { status: 'processing', file: null })
    await assertProblem(await fetch(`${pending}/download`), 409, 'JOB_NOT_READY')
    assert.equal((await answerOf(fetch(pending))).download_url, null)
    const failed = await withExport(harness, {
      status: 'failed',
      file: null,
      errorCode: 'INTERNAL',
      errorMessage: 'It broke.',
    })
    await assertProblem(await fetch(`${failed}/download`), 409, 'JOB_NOT_READY')
    assert.equal((await answerOf(fetch(failed))).error_message, 'It broke.')
    const gone = await withExport(harness, { file: null })
    await assertProblem(await fetch(`${gone}/download`), 410, 'FILE_EXPIRED')
    // By the database's clock: that of the server may say what it likes.
    const facts = { key: 'x', name: 'x.csv', size: 1, sha256: '0'.repeat(64), rows: 1 }
    const file = { ...facts, expiresAt: new Date(Date.now() + 3_600_000), isExpired: true }
    const expired = await withExport(harness, { file })
    await assertProblem(await fetch(`${expired}/download`), 410, 'FILE_EXPIRED')
    const { file_size, download_url } = await answerOf(fetch(expired))
    assert.deepEqual([file_size, download_url], [1, null])
  },
}
