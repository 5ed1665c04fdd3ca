// Cases of the HTTP suite: a job that the caller may not see does not exist, wherever a request or an answer would name it.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Authorize } from '@lading/core/http'
import { AccessRefused } from '@lading/core/http'
import { type Asking, aboutJobs, ask, usersOnly } from '../access-fixture.ts'
import { bundleOf, planted } from '../bundle-planting.ts'
import {
  answerOf,
  assertProblem,
  boundary,
  ended,
  field,
  file,
  formBody,
  type HttpCases,
  type HttpHarness,
  sendJson,
  sendRaw,
  usersCsv,
} from '../harness.ts'
import { sends, wholeAnswer } from '../tenant-fixture.ts'

const articlesCsv = 'slug,title,content,author_id,status\n'
const multipart = { 'content-type': `multipart/form-data; boundary=${boundary}` }

/** Every way to name the import that an import follows. */
const following = async (after: string): Promise<readonly Asking[]> => [
  sends(usersCsv(1), `&after=${after}`),
  {
    line: 'POST /v1/imports',
    headers: multipart,
    body: formBody([field('resource', 'users'), field('after', after), file(usersCsv(1))]),
  },
  {
    line: 'POST /v1/imports',
    headers: multipart,
    body: formBody([field('resource', 'users'), file(usersCsv(1)), field('after', after)]),
  },
  {
    line: 'POST /v1/imports',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resource: 'users', file_url: 'https://nowhere.example.org/users.csv', after }),
  },
]

/** Two answers to the same request, but for the id that it names. */
async function assertAlike(
  harness: HttpHarness,
  [theirs, nowhere]: readonly [Asking, Asking],
): Promise<void> {
  const answers: object[] = []
  for (const asking of [theirs, nowhere]) {
    const response = await ask(harness, asking, { 'x-request-id': 'the-same' })
    answers.push(await wholeAnswer(response.clone()))
    assert.equal(response.status, 404, asking.line)
    if (asking.line.startsWith('HEAD')) await response.arrayBuffer()
    else await assertProblem(response, 404, 'JOB_NOT_FOUND')
  }
  assert.deepEqual(answers[0], answers[1])
}

const articlesImport = async (harness: HttpHarness): Promise<string> => {
  const { job_id: id } = await ended(harness, await sendRaw(harness, 'resource=articles', articlesCsv))
  return id
}

/** May send users and articles, and read the status of users only. */
const readsUsers: Authorize = ({ action, resource }) => {
  if (action.endsWith('.read') && resource !== undefined && resource !== 'users') {
    throw new AccessRefused('forbidden')
  }
  return { principal: 'ann' }
}

/** May send users only, and read the status of everything. */
const sendsUsers: Authorize = ({ action, resource }) => {
  if (action === 'imports.create' && resource !== undefined && resource !== 'users') {
    throw new AccessRefused('forbidden')
  }
  return { principal: 'ann' }
}

/** May read what became of everything, and do nothing more with articles. */
const onlyReadsArticles: Authorize = ({ action, resource }) => {
  if (resource === 'articles' && !action.endsWith('.read')) throw new AccessRefused('forbidden')
  return { principal: 'ann' }
}

export const unseenJobCases: HttpCases = {
  'after rejects an import of a resource that the caller may not use, in every form of request':
    async harness => {
      const served = await harness.serve({ authorize: usersOnly })
      const id = await articlesImport(harness)
      const [theirs, nowhere] = [await following(id), await following(randomUUID())]
      for (const [index, asking] of theirs.entries()) {
        await assertAlike(served, [asking, nowhere[index] ?? asking])
        const response = await ask(harness, asking)
        assert.equal(response.status, 202, await response.text())
      }
    },

  'so does the after of a bundle, and a request that repeats an idempotency key': async harness => {
    const served = await harness.serve({
      authorize: ({ resource }) => {
        if (resource === 'users') throw new AccessRefused('forbidden')
        return {}
      },
    })
    const { job_id: id } = await ended(harness, await sendRaw(harness, 'resource=users', usersCsv(1)))
    const bundle = await bundleOf(planted())
    const send = (to: HttpHarness, after: string, key = randomUUID()) =>
      fetch(`${to.base}/v1/imports?format=bundle&after=${after}`, {
        method: 'POST',
        headers: { 'content-type': 'application/gzip', 'idempotency-key': key },
        body: new Uint8Array(bundle),
      })
    await assertProblem(await send(served, id), 404, 'JOB_NOT_FOUND')
    await assertProblem(await send(served, randomUUID()), 404, 'JOB_NOT_FOUND')
    const key = randomUUID()
    const first = await send(harness, id, key)
    assert.equal(first.status, 202, await first.text())
    await assertProblem(await send(served, id, key), 404, 'JOB_NOT_FOUND')
  },

  'after accepts a job that the caller may read, and one that it may create': async harness => {
    const id = await articlesImport(harness)
    for (const authorize of [readsUsers, sendsUsers]) {
      const response = await ask(await harness.serve({ authorize }), sends(usersCsv(1), `&after=${id}`))
      assert.equal(response.status, 202, await response.text())
    }
  },

  'a job of a resource that the caller may not use does not exist on any route': async harness => {
    const served = await harness.serve({ authorize: usersOnly })
    const importId = await articlesImport(harness)
    const { job_id: exportId } = await ended(
      harness,
      await sendJson(harness, '/v1/exports', { resources: ['articles', 'comments'] }),
    )
    const unknown = aboutJobs(randomUUID(), randomUUID())
    for (const [index, asking] of aboutJobs(importId, exportId).entries()) {
      await assertAlike(served, [asking, unknown[index] ?? asking])
    }
  },

  'a caller that may only read a job gets 403 for anything else': async harness => {
    const served = await harness.serve({ authorize: onlyReadsArticles })
    const importId = await articlesImport(harness)
    const { job_id: exportId } = await ended(
      harness,
      await sendJson(harness, '/v1/exports', { resource: 'articles' }),
    )
    for (const path of [`/v1/imports/${importId}`, `/v1/exports/${exportId}`]) {
      assert.equal((await fetch(served.base + path)).status, 200)
      await assertProblem(await fetch(served.base + path, { method: 'DELETE' }), 403, 'ACCESS_DENIED')
      assert.equal((await fetch(harness.base + path)).status, 200)
    }
  },

  'a job does not reveal the import that it follows to a caller that may not see that one': async harness => {
    const served = await harness.serve({ authorize: usersOnly })
    const { job_id: failed } = await answerOf(sendRaw(harness, 'resource=articles', 'no,such\n1,2\n'))
    const seen = await ended(harness, await ask(harness, sends(usersCsv(1), `&after=${failed}`)))
    const id = seen.job_id
    const path = `/v1/imports/${id}`
    assert.deepEqual([seen.after, seen.error_code], [failed, 'AFTER_FAILED'])
    assert.ok(seen.error_message.includes(failed))
    const listed = await answerOf(fetch(`${served.base}/v1/imports?limit=100`))
    const status = await answerOf(fetch(`${served.base}${path}`))
    for (const job of [status, listed.jobs.find((one: { job_id: string }) => one.job_id === id)]) {
      assert.deepEqual([job.after, job.error_code], [null, 'AFTER_FAILED'])
      assert.ok(!JSON.stringify(job).includes(failed))
    }
    const retried = await fetch(`${served.base}${path}/retry`, { method: 'POST' })
    assert.ok(!(await assertProblem(retried, 409, 'AFTER_FAILED')).includes(failed))
  },
}
