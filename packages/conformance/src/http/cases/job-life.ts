// Cases of the HTTP suite: jobs that are cancelled, retried, listed, ordered among each other and noted about.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { LadingError } from '@lading/core'
import { until } from '../../runner.ts'
import {
  answerOf,
  assertProblem,
  ended,
  field,
  file,
  formBody,
  type HttpCases,
  type HttpHarness,
  sendForm,
  sendJson,
  sendRaw,
  usersCsv,
} from '../harness.ts'

const remove = (harness: HttpHarness, path: string) => fetch(harness.base + path, { method: 'DELETE' })
const retry = (harness: HttpHarness, id: string) =>
  fetch(`${harness.base}/v1/imports/${id}/retry`, { method: 'POST' })

/** An import that stays pending: it waits for a long one. */
async function held(harness: HttpHarness): Promise<{ id: string; release(): Promise<void> }> {
  const busy = await answerOf(sendRaw(harness, 'resource=users&dry_run=true', usersCsv(40_000)))
  const { job_id: id } = await answerOf(sendRaw(harness, `resource=users&after=${busy.job_id}`, usersCsv(2)))
  return {
    id,
    async release() {
      await (await remove(harness, `/v1/imports/${busy.job_id}`)).text()
    },
  }
}

export const jobLifeCases: HttpCases = {
  'a pending import is cancelled, and a second cancellation is rejected': async harness => {
    const { id, release } = await held(harness)
    const response = await remove(harness, `/v1/imports/${id}`)
    const job = await answerOf(response)
    assert.deepEqual([response.status, job.job_id, job.status], [202, id, 'cancelled'])
    assert.equal((await answerOf(fetch(`${harness.base}/v1/imports/${id}`))).status, 'cancelled')
    const detail = await assertProblem(await remove(harness, `/v1/imports/${id}`), 409, 'JOB_ENDED')
    assert.match(detail, /was cancelled already/)
    await release()
  },

  'a running import is cancelled, and its counts stay exact': async harness => {
    const records = 60_000
    const { job_id: id } = await answerOf(sendRaw(harness, 'resource=users', usersCsv(records)))
    const self = `${harness.base}/v1/imports/${id}`
    await until('it runs', async () => (await answerOf(fetch(self))).progress.processed_records > 0)
    const response = await remove(harness, `/v1/imports/${id}`)
    assert.equal(response.status, 202)
    const { status, progress } = await answerOf(response)
    assert.equal(status, 'cancelled')
    assert.ok(progress.processed_records < records, `all of ${progress.processed_records}`)
    assert.equal(progress.processed_records, progress.inserted_records)
    assert.ok(progress.processed_bytes > 0 && progress.processed_bytes < progress.total_bytes)

    const again = await retry(harness, id)
    assert.equal(again.headers.get('location'), `${harness.mount}/v1/imports/${id}`)
    const job = await ended(harness, again)
    assert.deepEqual(
      [job.status, job.progress.inserted_records, job.progress.failed_records],
      ['completed', records, 0],
    )
  },

  'a completed import is neither cancelled nor retried': async harness => {
    const { job_id: id } = await ended(harness, await sendRaw(harness, 'resource=users', usersCsv(1)))
    await assertProblem(await remove(harness, `/v1/imports/${id}`), 409, 'JOB_ENDED')
    await assertProblem(await retry(harness, id), 409, 'JOB_ENDED')
  },

  'an unfinished import is not retried, nor is any import while the server drains': async harness => {
    const { id, release } = await held(harness)
    await assertProblem(await retry(harness, id), 409, 'JOB_NOT_READY')
    const { base } = await harness.serve({ isDraining: () => true })
    const draining = await fetch(`${base}/v1/imports/${id}/retry`, { method: 'POST' })
    await assertProblem(draining, 503, 'SERVER_DRAINING')
    await release()
  },

  'an import whose file has been deleted is not retried': async harness => {
    const { id, release } = await held(harness)
    await (await remove(harness, `/v1/imports/${id}`)).text()
    const { jobs } = harness.service
    const retryWithoutFile = () => Promise.reject(new LadingError('STORAGE_NOT_FOUND', 'Send it again.'))
    const without = await harness.serve({ jobs: { ...jobs, retry: retryWithoutFile } })
    assert.equal(await assertProblem(await retry(without, id), 410, 'FILE_EXPIRED'), 'Send it again.')
    await release()
  },

  'ids that are malformed, unknown, or of the other kind are rejected': async harness => {
    const { job_id: exported } = await answerOf(
      sendJson(harness, '/v1/exports', { resource: 'users', limit: 1 }),
    )
    for (const [id, status, code] of [
      ['nonsense', 400, 'JOB_ID_INVALID'],
      [randomUUID(), 404, 'JOB_NOT_FOUND'],
      [exported, 404, 'JOB_NOT_FOUND'],
    ]) {
      await assertProblem(await remove(harness, `/v1/imports/${id}`), status, code)
      await assertProblem(await retry(harness, id), status, code)
    }
    const { job_id: imported } = await ended(harness, await sendRaw(harness, 'resource=users', usersCsv(1)))
    await assertProblem(await remove(harness, `/v1/exports/${imported}`), 404, 'JOB_NOT_FOUND')
  },

  'the file of an export can be deleted, and is then gone': async harness => {
    const { job_id: id } = await ended(
      harness,
      await sendJson(harness, '/v1/exports', { resource: 'users', limit: 1 }),
    )
    for (const _time of ['once', 'twice']) {
      const response = await remove(harness, `/v1/exports/${id}`)
      assert.deepEqual([response.status, await response.text()], [204, ''])
    }
    await assertProblem(await fetch(`${harness.base}/v1/exports/${id}/download`), 410, 'FILE_EXPIRED')
    const job = await answerOf(fetch(`${harness.base}/v1/exports/${id}`))
    assert.deepEqual([job.status, job.download_url], ['completed', null])
  },

  'imports that follow each other can be submitted at once, in every form of request': async harness => {
    const author = randomUUID()
    const article = randomUUID()
    const send = (resource: string, record: object, after?: string) => {
      const query = `resource=${resource}${after === undefined ? '' : `&after=${after}`}`
      return sendRaw(harness, query, `${JSON.stringify(record)}\n`, 'application/x-ndjson')
    }
    const users = await answerOf(
      send('users', { id: author, email: `${author}@example.org`, name: 'A', role: 'author', active: true }),
    )
    const text = { slug: `a-${article}`, title: 'A', content: 'A', status: 'draft' }
    const articles = await answerOf(
      send('articles', { id: article, author_id: author, ...text }, users.job_id),
    )
    // The option comes after the file, where a form may have it.
    const comment = JSON.stringify({ article_id: article, user_id: author, body: 'Well.' })
    const form = [field('resource', 'comments'), file(comment, 'c.ndjson'), field('after', articles.job_id)]
    const job = await ended(harness, await sendForm(harness, formBody(form)))
    assert.deepEqual(
      [job.status, job.after, job.progress.inserted_records],
      ['completed', articles.job_id, 1],
    )
    const unknown = [
      [randomUUID(), 404, 'JOB_NOT_FOUND'],
      ['nonsense', 400, 'OPTION_INVALID'],
    ] as const
    for (const [after, status, code] of unknown) {
      const refused = await sendRaw(harness, `resource=users&after=${after}`, usersCsv(1))
      await assertProblem(refused, status, code)
    }
  },

  'an import that follows a cancelled one fails, and reports why': async harness => {
    const { id, release } = await held(harness)
    const follower = await sendRaw(harness, `resource=users&after=${id}`, usersCsv(1))
    await (await remove(harness, `/v1/imports/${id}`)).text()
    const job = await ended(harness, follower)
    assert.deepEqual([job.status, job.error_code], ['failed', 'AFTER_FAILED'])
    assert.ok(job.error_message.includes(id), job.error_message)
    await assertProblem(await retry(harness, job.job_id), 409, 'AFTER_FAILED')
    await release()
  },

  'metadata of the caller is returned with the status and in the list': async harness => {
    const notes = { order: 7, 'who?': 'Zoë & “co”' }
    const query = `resource=users&metadata=${encodeURIComponent(JSON.stringify(notes))}`
    const job = await ended(harness, await sendRaw(harness, query, usersCsv(1)))
    assert.deepEqual(job.metadata, notes)
    const { jobs } = await answerOf(fetch(`${harness.base}/v1/imports?limit=1`))
    assert.deepEqual([jobs[0].job_id, jobs[0].metadata], [job.job_id, notes])
    const form = formBody([
      file(usersCsv(1)),
      field('metadata', JSON.stringify(notes)),
      field('resource', 'users'),
    ])
    assert.deepEqual((await ended(harness, await sendForm(harness, form))).metadata, notes)
    const body = { resource: 'users', filters: { name: randomUUID() }, metadata: notes }
    assert.deepEqual((await ended(harness, await sendJson(harness, '/v1/exports', body))).metadata, notes)
    for (const bad of ['x', '[]', '1', 'null', '', JSON.stringify({ a: 'x'.repeat(5_000) })]) {
      const refused = await sendRaw(
        harness,
        `resource=users&metadata=${encodeURIComponent(bad)}`,
        usersCsv(1),
      )
      await assertProblem(refused, 400, 'OPTION_INVALID')
    }
    const large = { resource: 'users', metadata: { a: 'x'.repeat(5_000) } }
    await assertProblem(await sendJson(harness, '/v1/exports', large), 400, 'OPTION_INVALID')
  },

  'imports are listed newest first, in pages that new ones do not shift': async harness => {
    const note = randomUUID()
    const send = async () =>
      (
        await ended(
          harness,
          await sendRaw(harness, `resource=users&metadata={"note":"${note}"}`, usersCsv(1)),
        )
      ).job_id
    const ids = [await send(), await send(), await send()].reverse()
    const page = (cursor = '') =>
      answerOf(fetch(`${harness.base}/v1/imports?resource=users&limit=2${cursor}`))
    const first = await page()
    await send()
    const second = await page(`&cursor=${first.next_cursor}`)
    const listed = [...first.jobs, ...second.jobs].map(job => job.job_id)
    assert.deepEqual(listed.slice(0, 3), ids)
    const cancelled = await answerOf(fetch(`${harness.base}/v1/imports?status=cancelled&limit=100`))
    assert.ok(cancelled.jobs.every((job: { status: string }) => job.status === 'cancelled'))
    // The last one is a cursor of an earlier version.
    for (const bad of ['limit=0', 'limit=101', 'status=done', 'color=red', 'cursor=x', 'cursor=4711']) {
      await assertProblem(await fetch(`${harness.base}/v1/imports?${bad}`), 400, 'OPTION_INVALID')
    }
  },
}
