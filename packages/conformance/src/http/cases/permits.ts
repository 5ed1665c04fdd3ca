// Cases of the HTTP suite: the hook is called with each resource, and rejected resources are neither used nor listed.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Authorize } from '@lading/core/http'
import { AccessRefused } from '@lading/core/http'
import { recorded, usersOnly } from '../access-fixture.ts'
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

export const permitCases: HttpCases = {
  'a forbidden resource is rejected wherever it is named': async harness => {
    const parts = recorded(harness)
    const served = await harness.serve({ ...parts, authorize: usersOnly })
    const slugs = 'slug,title,content,author_id,status\n'
    const form = (...fields: Parameters<typeof formBody>[0]) => sendForm(served, formBody(fields))
    await leavesNothing(harness, async () => {
      for (const refused of [
        () => sendRaw(served, 'resource=articles', slugs),
        () => form(field('resource', 'articles'), file(slugs, 'a.csv')),
        () => form(file(slugs, 'a.csv'), field('resource', 'articles')),
        () =>
          sendJson(served, '/v1/imports', { resource: 'articles', file_url: 'https://example.org/a.csv' }),
        () => sendJson(served, '/v1/exports', { resource: 'articles' }),
        () => sendJson(served, '/v1/exports', { resources: ['users', 'articles'] }),
        () => fetch(`${served.base}/v1/exports?resource=articles`),
        () => fetch(`${served.base}/v1/exports?%72esource=articles`),
        () => fetch(`${served.base}/v1/imports?resource=articles`),
      ]) {
        assert.equal(await assertProblem(await refused(), 403, 'ACCESS_DENIED'), 'Users only.')
      }
    })
    // Whether there is room is asked before a form is read, which names its resource inside.
    assert.deepEqual(
      parts.calls.filter(call => call !== 'jobs.checkCapacity'),
      [],
    )
  },

  'a hook that fails when it receives the resource, or then returns another caller, leaves nothing':
    async harness => {
      const broken: readonly Authorize[] = [
        ({ resource }) => ({ tenant: resource ?? 'first' }),
        ({ resource }) => {
          if (resource !== undefined) throw new Error('secret')
          return { tenant: 'first' }
        },
      ]
      for (const authorize of broken) {
        const served = await harness.serve({ authorize })
        await leavesNothing(served, async () => {
          for (const parts of [
            [field('resource', 'users'), file(usersCsv(1))],
            [file(usersCsv(1)), field('resource', 'users')],
          ]) {
            await assertProblem(await sendForm(served, formBody(parts)), 500, 'HOOK_FAILED')
          }
          await assertProblem(
            await sendJson(served, '/v1/exports', { resource: 'users' }),
            500,
            'HOOK_FAILED',
          )
          await assertProblem(await fetch(`${served.base}/v1/imports`), 500, 'HOOK_FAILED')
        })
      }
    },

  'a rejected caller may use the idempotency key for another request': async harness => {
    const served = await harness.serve({ authorize: usersOnly })
    const send = (resource: string, csv: string) =>
      sendRaw(served, `resource=${resource}`, csv, 'text/csv', { 'idempotency-key': key })
    const key = randomUUID()
    await assertProblem(await send('articles', 'slug,title\n'), 403, 'ACCESS_DENIED')
    const form = new FormData()
    form.set('file', new File([usersCsv(1)], 'a.csv'))
    form.set('resource', 'articles')
    const headers = { 'idempotency-key': key }
    const late = await fetch(`${served.base}/v1/imports`, { method: 'POST', headers, body: form })
    await assertProblem(late, 403, 'ACCESS_DENIED')
    const accepted = await send('users', usersCsv(1))
    assert.deepEqual([accepted.status, accepted.headers.get('idempotency-replayed')], [202, null])
  },

  'lists contain the permitted resources only': async harness => {
    const tag = randomUUID()
    const sent = await ended(
      harness,
      await sendRaw(harness, `resource=users&metadata={"tag":"${tag}"}`, usersCsv(1)),
    )
    const slugs = 'slug,title,content,author_id,status\n'
    const other = await ended(harness, await sendRaw(harness, 'resource=articles', slugs))
    const lists = async (served: HttpHarness) => {
      const { jobs } = await answerOf(fetch(`${served.base}/v1/imports?limit=100`))
      const { resources } = await answerOf(fetch(`${served.base}/v1/resources`))
      return {
        ids: jobs.map(({ job_id }: { job_id: string }) => job_id),
        of: [...new Set(jobs.map(({ resource }: { resource: string }) => resource))].sort(),
        resources: resources.map(({ name }: { name: string }) => name),
      }
    }
    const all = await lists(await harness.serve({ authorize: () => ({}) }))
    assert.deepEqual(all.resources, ['users', 'articles', 'comments'])
    assert.ok(all.ids.includes(sent.job_id) && all.ids.includes(other.job_id))

    const some = await harness.serve({ authorize: usersOnly })
    const { ids, of, resources } = await lists(some)
    assert.deepEqual([of, resources], [['users'], ['users']])
    assert.ok(ids.includes(sent.job_id))
    await assertProblem(await fetch(`${some.base}/v1/imports/${other.job_id}`), 404, 'JOB_NOT_FOUND')
    assert.equal((await fetch(`${some.base}/v1/imports/${sent.job_id}`)).status, 200)

    const none = await harness.serve({
      authorize({ resource }) {
        if (resource !== undefined) throw new AccessRefused('forbidden')
        return {}
      },
    })
    assert.deepEqual(await lists(none), { ids: [], of: [], resources: [] })
  },

  'a bundle with a forbidden resource leaves nothing': async harness => {
    const served = await harness.serve({ authorize: usersOnly })
    await leavesNothing(harness, async () => {
      const bundle = await bundleOf(planted())
      await assertProblem(await sendBundle(served, bundle, 'format=bundle'), 403, 'ACCESS_DENIED')
    })
    const made = await ended(
      harness,
      await sendJson(harness, '/v1/exports', { resources: ['articles', 'comments'] }),
    )
    for (const path of ['', '/download']) {
      const response = await fetch(`${served.base}/v1/exports/${made.job_id}${path}`)
      await assertProblem(response, 404, 'JOB_NOT_FOUND')
    }
  },
}
