// Cases of the HTTP suite: what one tenant has sent before has no part in what another one sends.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type Asking, aboutJobs, as, ask, byTenant, newTenant } from '../access-fixture.ts'
import { bundleOf, planted, sendBundle } from '../bundle-planting.ts'
import {
  answerOf,
  assertProblem,
  boundary,
  field,
  file,
  formBody,
  type HttpCases,
  usersCsv,
} from '../harness.ts'
import { done, exportsUsers, sends, wholeAnswer } from '../tenant-fixture.ts'

const json = { 'content-type': 'application/json' }

const asForm = (csv: string, ...fields: readonly ReturnType<typeof field>[]): Asking => ({
  line: 'POST /v1/imports',
  headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  body: formBody([field('resource', 'users'), file(csv), ...fields]),
})

/** Its name leads nowhere, which is the worker's to find out. */
const fromUrl = (more: object = {}): Asking => ({
  line: 'POST /v1/imports',
  headers: json,
  body: JSON.stringify({ resource: 'users', file_url: 'https://nowhere.example.org/users.csv', ...more }),
})

const exportsBundle: Asking = {
  line: 'POST /v1/exports',
  headers: json,
  body: '{"resources":["comments"],"format":"csv"}',
}

export const tenantSendingCases: HttpCases = {
  'an import follows jobs of its own tenant only, in every form of request': async harness => {
    const served = await harness.serve({ authorize: byTenant })
    const [one, other] = [newTenant(), newTenant()]
    const id = await done(served, one, sends(usersCsv(1)))
    const ways = (after: string): readonly Asking[] => [
      sends(usersCsv(1), `&after=${after}`),
      asForm(usersCsv(1), field('after', after)),
      fromUrl({ after }),
    ]
    for (const [index, theirs] of ways(id).entries()) {
      const nowhere = ways(randomUUID())[index] ?? theirs
      const answers = []
      for (const asking of [theirs, nowhere]) {
        const response = await ask(served, asking, { ...as(other), 'x-request-id': 'the-same' })
        answers.push(await wholeAnswer(response.clone()))
        await assertProblem(response, 404, 'JOB_NOT_FOUND')
      }
      assert.deepEqual(answers[0], answers[1])
      await done(served, one, theirs)
    }
  },

  'H031: idempotency keys of tenants are separate, used or in use, for every kind of request':
    async harness => {
      const served = await harness.serve({ authorize: byTenant })
      const [one, other] = [newTenant(), newTenant()]
      const key = { 'idempotency-key': randomUUID() }
      const send = async (tenant: string, asking: Asking) => {
        const response = await ask(served, asking, { ...key, ...as(tenant) })
        const { job_id: id } = await answerOf(response.clone())
        return { id, status: response.status, replayed: response.headers.get('idempotency-replayed') }
      }
      const csv = usersCsv(1)
      const first = await send(one, sends(csv))
      assert.deepEqual([first.status, first.replayed], [202, null])
      assert.deepEqual(await send(one, sends(csv)), { ...first, replayed: 'true' })
      const second = await send(other, sends(csv))
      assert.deepEqual([second.status, second.replayed], [202, null])
      assert.notEqual(second.id, first.id)
      assert.deepEqual(await send(other, sends(csv)), { ...second, replayed: 'true' })
      assert.equal((await send(one, sends(usersCsv(2)))).status, 422)
      assert.equal((await send(one, exportsUsers)).status, 422)
      assert.equal((await send('nobody', sends(usersCsv(2)))).status, 202)
      for (const asking of [exportsUsers, exportsBundle, asForm(usersCsv(1)), fromUrl()]) {
        const third = newTenant()
        const own = await send(third, asking)
        assert.deepEqual([own.status, own.replayed], [202, null], asking.line)
        assert.deepEqual(await send(third, asking), { ...own, replayed: 'true' })
        assert.equal((await send(third, sends(csv))).status, 422)
      }
      assert.deepEqual(await send(one, sends(csv)), { ...first, replayed: 'true' })

      const used = randomUUID()
      const claim = await harness.service.jobs.claimKey(used, 'import', { tenant: one })
      try {
        const inUse = { 'idempotency-key': used }
        const busy = await ask(served, sends(csv), { ...inUse, ...as(one) })
        await assertProblem(busy, 409, 'IDEMPOTENCY_IN_PROGRESS')
        const free = await ask(served, sends(usersCsv(1)), { ...inUse, ...as(other) })
        assert.equal(free.status, 202, await free.text())
      } finally {
        await claim.release()
      }
    },

  'bundles, and their jobs, belong to the sender': async harness => {
    const served = await harness.serve({ authorize: byTenant })
    const [one, other] = [newTenant(), newTenant()]
    const exportId = await done(served, one, exportsBundle)
    const sent = await sendBundle(served, await bundleOf(planted()), '', as(one))
    const { jobs } = await answerOf(sent)
    assert.equal(jobs.length, 2)
    for (const { job_id: importId } of jobs) {
      for (const asking of aboutJobs(importId, exportId)) {
        const response = await ask(served, asking, as(other))
        await response.arrayBuffer()
        assert.equal(response.status, 404, asking.line)
      }
      assert.equal((await ask(served, { line: `GET /v1/imports/${importId}` }, as(one))).status, 200)
    }
    const download = await ask(served, { line: `GET /v1/exports/${exportId}/download` }, as(one))
    assert.equal(download.status, 200)
    await download.arrayBuffer()
    const listed = await answerOf(ask(served, { line: 'GET /v1/imports' }, as(other)))
    assert.deepEqual(listed.jobs, [])
  },
}
