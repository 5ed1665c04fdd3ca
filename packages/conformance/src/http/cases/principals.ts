// Cases of the HTTP suite: the caller is what the option `principal` of the adapter finds on the request of its framework.
import assert from 'node:assert/strict'
import type { Caller } from '@lading/core'
import { AccessRefused } from '@lading/core/http'
import { newTenant } from '../access-fixture.ts'
import { answerOf, assertProblem, type HttpCases, type Principal, sendJson } from '../harness.ts'

/** A host that trusts every name. */
const asSaid: Principal = headers => JSON.parse(String(headers['x-user'] ?? 'null'))

const by = (user: unknown) => ({ headers: { 'x-user': JSON.stringify(user) } })

export const principalCases: HttpCases = {
  'a job belongs to the tenant of the user, even without a hook': async harness => {
    const callers: (Caller | undefined)[] = []
    const { jobs } = harness.service
    const heard: typeof jobs = {
      ...jobs,
      submitExport(options) {
        callers.push(options.caller)
        return jobs.submitExport(options)
      },
    }
    const [tenant, other] = [newTenant(), newTenant()]
    const ann = { tenant, principal: 'ann' }
    const served = await harness.serve({ jobs: heard }, () => ann)
    const accepted = await sendJson(served, '/v1/exports', { resource: 'users' })
    assert.equal(accepted.status, 202)
    assert.deepEqual(callers, [ann])

    const { links } = await answerOf(accepted)
    const asked = await harness.serve({}, asSaid)
    const statuses = []
    for (const user of [{ tenant }, { tenant, principal: 'bob' }, { tenant: other }, 'ann', null]) {
      const response = await fetch(asked.origin + links.self, by(user))
      await response.arrayBuffer()
      statuses.push(response.status)
    }
    assert.deepEqual(statuses, [200, 200, 404, 404, 404])
  },

  'a user value that could be mistaken for no user is rejected': async harness => {
    const served = await harness.serve({}, asSaid)
    for (const user of [{ tenant: 7 }, { tenant: '' }, ['ann'], true]) {
      await assertProblem(await fetch(`${served.base}/v1/resources`, by(user)), 500, 'HOOK_FAILED')
    }
  },

  'a principal function that throws admits no caller, and its error is not exposed': async harness => {
    const served = await harness.serve({}, () => {
      throw new Error('secret')
    })
    const said = await assertProblem(await fetch(`${served.base}/v1/resources`), 500, 'HOOK_FAILED')
    assert.doesNotMatch(said, /secret/)
  },

  'it may reject the request with its own error': async harness => {
    const served = await harness.serve({}, async () => {
      throw new AccessRefused('unauthenticated')
    })
    const response = await fetch(`${served.base}/v1/resources`)
    await assertProblem(response, 401, 'AUTHENTICATION_REQUIRED')
    assert.equal(response.headers.get('www-authenticate'), 'Bearer')
  },

  'the hook receives the user as the host knows it': async harness => {
    const seen: unknown[] = []
    const authorize = ({ principal }: { readonly principal?: unknown }) => {
      seen.push(principal)
      return { tenant: newTenant() }
    }
    const served = await harness.serve({ authorize }, asSaid)
    const user = { id: 7, roles: ['admin'] }
    const { jobs } = await answerOf(fetch(`${served.base}/v1/imports?resource=users`, by(user)))
    assert.deepEqual([seen, jobs], [[user], []])
  },
}
