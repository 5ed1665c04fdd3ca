// Cases of the HTTP suite: what the service answers while it has no connection to its database left.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { fairClock } from '../../fair-clock.ts'
import {
  answerOf,
  assertProblem,
  ended,
  field,
  file,
  formBody,
  type HttpCases,
  leavesNothing,
  sendForm,
  sendJson,
  sendRaw,
  usersCsv,
} from '../harness.ts'

/** Milliseconds: the pool gives up within a second, and the rest is the machine's. */
const patienceMs = 2_000

export const outageCases: HttpCases = {
  'with all connections taken, requests are rejected in time with Retry-After, and served once connections are back':
    async harness => {
      const { takeAll, ...short } = harness.service.scarce
      const scarce = await harness.serve(short)
      const known = await ended(scarce, await sendRaw(scarce, 'resource=users', usersCsv(1)))
      const keyed = { 'idempotency-key': randomUUID() }
      const form = formBody([field('resource', 'users'), file(usersCsv(3))])
      await leavesNothing(harness, async () => {
        const giveBack = await takeAll()
        const running = fairClock()
        const answers = await Promise.all([
          sendRaw(scarce, 'resource=users', usersCsv(2_000)),
          sendRaw(scarce, 'resource=users&on_conflict=update', usersCsv(3)),
          sendRaw(scarce, 'resource=users', usersCsv(3), 'text/csv', keyed),
          sendForm(scarce, form),
          sendJson(scarce, '/v1/exports', { resource: 'users' }),
          fetch(`${scarce.base}/v1/exports?resource=users`),
          fetch(`${scarce.base}/v1/imports/${known.job_id}`),
          fetch(`${scarce.base}/v1/imports`),
        ]).finally(giveBack)
        const took = running()
        assert.ok(took < patienceMs, `${took} ms`)
        for (const answer of answers) {
          assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/)
          await assertProblem(answer, 503, 'DATABASE_UNAVAILABLE')
        }
      })
      assert.equal((await answerOf(fetch(`${scarce.base}/v1/imports/${known.job_id}`))).status, 'completed')
      const job = await ended(scarce, await sendRaw(scarce, 'resource=users', usersCsv(3), 'text/csv', keyed))
      assert.deepEqual([job.status, job.progress.inserted_records], ['completed', 3])
    },
}
