// Cases of the HTTP suite: downloads of stored files have slots, and are rejected before anything is opened.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Jobs, RecordError } from '@lading/core'
import { until } from '../../runner.ts'
import type { HttpCases } from '../harness.ts'
import { answerOf, assertProblem, ended, type HttpHarness, sendJson, sendRaw, usersCsv } from '../harness.ts'

/** What there is to be sent, and how: `GET` of each needs a place. */
interface Sent {
  readonly path: string
  readonly accept: string
}

/** An import with a rejected record, and an export. */
async function sentBy(harness: HttpHarness): Promise<readonly Sent[]> {
  const csv = `${usersCsv(1)}nobody,X,reader,true\n`
  const { job_id: imported } = await ended(harness, await sendRaw(harness, 'resource=users', csv))
  const asked = { resource: 'users', filters: { name: randomUUID() } }
  const { job_id: exported } = await ended(harness, await sendJson(harness, '/v1/exports', asked))
  const job = `/v1/imports/${imported}`
  return [
    { path: `${job}/rejects`, accept: '*/*' },
    { path: `${job}/rejects?unprocessed=true`, accept: '*/*' },
    { path: `${job}/errors`, accept: 'text/csv' },
    { path: `${job}/errors`, accept: 'application/x-ndjson' },
    { path: `/v1/exports/${exported}/download`, accept: '*/*' },
    { path: `/v1/exports/${exported}/download`, accept: 'text/csv' },
  ]
}

/** Jobs whose files have no end, so that the answers are in flight until their readers leave. */
function endless(jobs: Jobs) {
  const error: RecordError = {
    rowNumber: 2,
    line: 2,
    field: 'email',
    code: 'INVALID_EMAIL',
    message: 'x'.repeat(10_000),
    value: null,
    recordIdentifier: '',
  }
  const count = { opened: 0, open: 0 }
  async function* pages<Page>(page: Page): AsyncGenerator<Page> {
    count.opened++
    count.open++
    try {
      for (;;) yield page
    } finally {
      count.open--
    }
  }
  const file = async () => Readable.from(pages(Buffer.alloc(65_536, 'x')), { objectMode: false })
  const get: Jobs['get'] = async (...asked) => {
    const job = await jobs.get(...asked)
    // As long as it says that it is.
    return job?.file ? { ...job, file: { ...job.file, size: 1e12 } } : job
  }
  const long: Jobs = { ...jobs, get, rejects: file, download: file, allErrors: () => pages([error]) }
  return { count, long }
}

/** Starts to read, and holds the download until the signal aborts. */
const ask = (harness: HttpHarness, { path, accept }: Sent, more: RequestInit = {}) =>
  fetch(harness.base + path, { ...more, headers: { accept, ...more.headers } })

const bearer = (who: string): RequestInit => ({ headers: { 'x-who': who } })

export const downloadPlaceCases: HttpCases = {
  'one download too many is rejected with 429 before anything is opened, for every kind of download':
    async harness => {
      const kinds = await sentBy(harness)
      const { count, long } = endless(harness.service.jobs)
      const served = await harness.serve({ jobs: long, limits: { downloads: 3, downloadsPerCaller: 1 } })
      for (const [index, held] of kinds.entries()) {
        const leaving = new AbortController()
        const answer = await ask(served, held, { signal: leaving.signal })
        assert.equal(answer.status, 200, held.path)
        for (const other of kinds) {
          const refused = await ask(served, other)
          assert.equal(refused.headers.get('retry-after'), '5', `${held.path}, ${other.path}`)
          const detail = await assertProblem(refused, 429, 'TOO_MANY_DOWNLOADS')
          assert.equal(detail, 'You have 1 downloads under way, and may have no more; wait until one ends.')
        }
        assert.deepEqual(count, { opened: index + 1, open: 1 })
        // A page of errors is small.
        const { errors } = await answerOf(fetch(`${served.base}${kinds[2]?.path}`))
        assert.equal(errors.length, 1)
        leaving.abort()
        await until('it is closed, and its place is free', async () => count.open === 0)
      }
    },

  'other callers have their own slots, until all are taken': async harness => {
    const kinds = await sentBy(harness)
    const { count, long } = endless(harness.service.jobs)
    const limits = { downloads: 2, downloadsPerCaller: 1 }
    const served = await harness.serve({ jobs: long, limits }, headers => headers['x-who'])
    const [first, second] = kinds as readonly [Sent, Sent]
    const leaving = new AbortController()
    const { signal } = leaving
    assert.equal((await ask(served, first, { ...bearer('ann'), signal })).status, 200)
    assert.equal((await ask(served, second, { ...bearer('bob'), signal })).status, 200)
    for (const kind of kinds) {
      const detail = await assertProblem(await ask(served, kind, bearer('eve')), 429, 'TOO_MANY_DOWNLOADS')
      assert.equal(detail, 'The server has no room for more downloads; try again shortly.')
    }
    assert.deepEqual(count, { opened: 2, open: 2 })
    leaving.abort()
    await until('all are closed', async () => count.open === 0)
    const again = new AbortController()
    assert.equal((await ask(served, first, { ...bearer('eve'), signal: again.signal })).status, 200)
    again.abort()
    await until('that one too', async () => count.open === 0)
  },

  'HEAD, 304 and rejected requests take no slot': async harness => {
    const kinds = await sentBy(harness)
    const { count, long } = endless(harness.service.jobs)
    const download = kinds.at(-1) as Sent
    const etag = (await ask(harness, download, { method: 'HEAD' })).headers.get('etag') ?? ''
    const limits = { downloads: 1, downloadsPerCaller: 1 }
    const none = async () => undefined
    const gone = await harness.serve({ jobs: { ...long, rejects: none, download: none }, limits })
    for (let time = 0; time < 3; time++) {
      assert.equal((await ask(gone, kinds[0] as Sent)).status, 404)
      assert.equal((await ask(gone, download)).status, 410)
    }
    const served = await harness.serve({ jobs: long, limits })
    const leaving = new AbortController()
    assert.equal((await ask(served, kinds[0] as Sent, { signal: leaving.signal })).status, 200)
    for (const kind of kinds) assert.equal((await ask(served, kind, { method: 'HEAD' })).status, 200)
    assert.equal((await ask(served, download, { headers: { 'if-none-match': etag } })).status, 304)
    const after = { headers: { range: 'bytes=9999999999999-' } }
    await assertProblem(await ask(served, download, after), 416, 'RANGE_INVALID')
    leaving.abort()
    await until('all are closed', async () => count.open === 0)
  },
}
