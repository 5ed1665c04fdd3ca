// Cases of the HTTP suite: a queue that is full takes nothing more, keeps nothing of it, and says when to come again.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { bundleOf, planted, sendBundle } from '../bundle-planting.ts'
import {
  answerOf,
  assertProblem,
  ended,
  field,
  file,
  formBody,
  type HttpCases,
  type HttpHarness,
  leavesNothing,
  sendForm,
  sendJson,
  sendRaw,
  usersCsv,
} from '../harness.ts'

/** Whether all that came back is the refusal. */
async function refused(response: Response): Promise<void> {
  assert.equal(response.headers.get('retry-after'), '5')
  await assertProblem(response, 503, 'QUEUE_FULL')
}

async function whileFull(harness: HttpHarness, work: (full: HttpHarness) => Promise<void>): Promise<void> {
  const { fill, ...narrow } = harness.service.narrow
  const full = await harness.serve(narrow)
  const makeRoom = await fill()
  try {
    await work(full)
  } finally {
    await makeRoom()
  }
}

const exportsThere = async ({ service }: HttpHarness) =>
  (await service.jobs.list({ kind: 'export', limit: 1 })).jobs[0]?.id

export const queueFullCases: HttpCases = {
  'an import is rejected in every form of request, and neither a job nor a file is left': harness =>
    whileFull(harness, async full => {
      const ways = [
        () => sendRaw(full, 'resource=users', usersCsv(3)),
        () => sendRaw(full, 'resource=users', usersCsv(20_000)),
        () => sendForm(full, formBody([field('resource', 'users'), file(usersCsv(3))])),
        () => sendForm(full, formBody([file(usersCsv(3)), field('resource', 'users')])),
        () =>
          sendJson(full, '/v1/imports', { resource: 'users', file_url: 'https://files.allowed.test/u.csv' }),
        async () => sendBundle(full, await bundleOf(planted())),
      ]
      for (const send of ways) await leavesNothing(full, async () => refused(await send()))
    }),

  'an export is rejected, also one of several resources, and leaves no job': harness =>
    whileFull(harness, async full => {
      const before = await exportsThere(harness)
      await refused(await sendJson(full, '/v1/exports', { resource: 'users' }))
      await refused(await sendJson(full, '/v1/exports', { resources: ['users', 'articles'] }))
      assert.equal(await exportsThere(harness), before)
    }),

  'the idempotency key of the rejected request is free: the same request is accepted once there is capacity':
    async harness => {
      const keyed = { 'idempotency-key': randomUUID() }
      const users = usersCsv(3)
      await whileFull(harness, async full =>
        refused(await sendRaw(full, 'resource=users', users, 'text/csv', keyed)),
      )
      const taken = await sendRaw(harness, 'resource=users', users, 'text/csv', keyed)
      assert.equal(taken.headers.get('idempotency-replayed'), null)
      assert.equal((await ended(harness, taken)).progress.inserted_records, 3)
    },

  'requests that add no job are answered: streamed exports, and the status of jobs': harness =>
    whileFull(harness, async full => {
      const streamed = await fetch(`${full.base}/v1/exports?resource=users&limit=1`)
      assert.equal(streamed.status, 200)
      await streamed.text()
      assert.ok(Array.isArray((await answerOf(fetch(`${full.base}/v1/imports?limit=1`))).jobs))
    }),
}
