// Cases of the HTTP suite: `authorize` is asked before anything else, is believed when it refuses, and fails closed.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { LadingError } from '@lading/core'
import type { AccessRequest, Authorize } from '@lading/core/http'
import { AccessRefused, HttpFault } from '@lading/core/http'
import { routes } from '@lading/core/internal'
import { aboutJobs, aboutNoJob, ask, recorded } from '../access-fixture.ts'
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

/** Ids that are never looked up, because the caller is rejected before. */
const everything = [...aboutNoJob, ...aboutJobs(randomUUID(), randomUUID())]

async function assertStatus(
  response: Response,
  status: number,
  code: string,
  isHead: boolean,
): Promise<void> {
  if (!isHead) return void (await assertProblem(response, status, code))
  assert.deepEqual([response.status, await response.text()], [status, ''])
}

/** What each request does to a hook, and what the service has done meanwhile. */
async function refusedEverywhere(harness: HttpHarness, authorize: Authorize, status: number, code: string) {
  const { calls, ...parts } = recorded(harness)
  const faults: unknown[] = []
  const served = await harness.serve({ ...parts, authorize, onFault: error => faults.push(error) })
  const responses: Response[] = []
  for (const asking of everything) {
    const response = await ask(served, asking)
    await assertStatus(response, status, code, asking.line.startsWith('HEAD'))
    assert.deepEqual(calls, [], asking.line)
    responses.push(response)
  }
  return { responses, faults }
}

export const accessCases: HttpCases = {
  'every endpoint rejects an unauthenticated caller, and nothing is done': async harness => {
    const { responses } = await refusedEverywhere(
      harness,
      () => {
        throw new AccessRefused('unauthenticated', 'Who are you?', { challenge: 'Bearer realm="here"' })
      },
      401,
      'AUTHENTICATION_REQUIRED',
    )
    for (const { headers } of responses) assert.equal(headers.get('www-authenticate'), 'Bearer realm="here"')
  },

  'every endpoint rejects an unauthorized caller, and nothing is done': async harness => {
    const { responses, faults } = await refusedEverywhere(
      harness,
      () => Promise.reject(new AccessRefused('forbidden', 'Not today.')),
      403,
      'ACCESS_DENIED',
    )
    for (const { headers } of responses) assert.equal(headers.get('www-authenticate'), null)
    assert.deepEqual(faults, [])
  },

  'a hook that fails admits no caller, and its error is not exposed': async harness => {
    const broken: readonly unknown[] = [
      new Error('secret'),
      new LadingError('JOB_NOT_FOUND', 'secret'),
      new HttpFault('ROUTE_UNKNOWN', 'secret'),
    ]
    for (const error of broken) {
      const { faults } = await refusedEverywhere(harness, () => Promise.reject(error), 500, 'HOOK_FAILED')
      assert.equal(faults.length, everything.length)
      for (const fault of faults) assert.equal(fault instanceof Error && fault.cause, error)
    }
  },

  'a hook that returns nothing, or nonsense, admits no caller': async harness => {
    for (const answer of [
      undefined,
      null,
      true,
      'ann',
      [],
      { tennant: 'a' },
      { tenant: '' },
      { tenant: 7 },
    ]) {
      // What a hook without types may return.
      const authorize = (() => answer) as unknown as Authorize
      await refusedEverywhere(harness, authorize, 500, 'HOOK_FAILED')
    }
  },

  'is called once at the headers of the request and once for each resource that the request turns out to name':
    async harness => {
      const asked: AccessRequest[] = []
      const served = await harness.serve({
        metrics: { httpRequest: () => undefined, expose: async () => 'a 1\n' },
        authorize(request) {
          asked.push(request)
          return { principal: 'ann' }
        },
      })
      const jobOf = async (response: Promise<Response>) => (await ended(served, await response)).job_id
      const importId = await jobOf(sendRaw(served, 'resource=users', usersCsv(1)))
      const exportId = await jobOf(sendJson(served, '/v1/exports', { resource: 'users', limit: 1 }))
      const seen = async (line: string, body?: string, type = 'application/json') => {
        asked.length = 0
        await (
          await ask(served, { line, ...(body !== undefined && { body, headers: { 'content-type': type } }) })
        ).text()
        return asked.map(({ action, resource }) => [action, resource].filter(Boolean).join(' '))
      }
      const expected: readonly (readonly [
        line: string,
        asked: readonly string[],
        body?: string,
        type?: string,
      ])[] = [
        ['GET /health', ['health.read']],
        ['GET /ready', ['health.read']],
        ['GET /live', ['health.read']],
        ['GET /metrics', ['metrics.read']],
        ['GET /openapi.json', ['openapi.read']],
        ['GET /v1/resources', ['', ' users', ' articles', ' comments'].map(name => `resources.list${name}`)],
        ['GET /v1/imports', ['', ' users', ' articles', ' comments'].map(name => `imports.list${name}`)],
        ['GET /v1/imports?resource=users', ['imports.list users']],
        // The answer names those that there are.
        [
          'GET /v1/imports?resource=nothing',
          ['', ' users', ' articles', ' comments'].map(name => `imports.list${name}`),
        ],
        ['GET /v1/imports?resource=users&resource=articles', ['imports.list']],
        [`GET /v1/imports/${importId}`, ['imports.read', 'imports.read users']],
        [`HEAD /v1/imports/${importId}?resource=users`, ['imports.read', 'imports.read users']],
        [`GET /v1/imports/${randomUUID()}`, ['imports.read']],
        [`GET /v1/imports/${importId}/errors`, ['imports.errors', 'imports.errors users']],
        [`GET /v1/imports/${importId}/rejects`, ['imports.rejects', 'imports.rejects users']],
        [`POST /v1/imports/${importId}/retry`, ['imports.retry', 'imports.retry users']],
        [`DELETE /v1/imports/${importId}`, ['imports.cancel', 'imports.cancel users']],
        ['POST /v1/imports?resource=users', ['imports.create users'], usersCsv(1), 'text/csv'],
        [
          'POST /v1/imports',
          ['imports.create', 'imports.create users'],
          '{"resource":"users","file_url":"x"}',
        ],
        ['GET /v1/exports?resource=users', ['exports.stream users']],
        ['POST /v1/exports', ['exports.create', 'exports.create users'], '{"resource":"users"}'],
        [
          'POST /v1/exports',
          ['exports.create', 'exports.create articles', 'exports.create comments'],
          '{"resources":["articles","comments"]}',
        ],
        [`GET /v1/exports/${exportId}`, ['exports.read', 'exports.read users']],
        [`GET /v1/exports/${exportId}/download`, ['exports.download', 'exports.download users']],
        [`DELETE /v1/exports/${exportId}`, ['exports.delete', 'exports.delete users']],
      ]
      for (const [line, wanted, ...body] of expected)
        assert.deepEqual(await seen(line, ...body), wanted, line)
      const actions = new Set(expected.flatMap(([, wanted]) => wanted.map(one => one.split(' ')[0])))
      assert.deepEqual([...actions].sort(), [...new Set(routes.map(({ action }) => action))].sort())
    },

  'receives the request without its body, and the context that the host attached to it': async harness => {
    const asked: AccessRequest[] = []
    const served = await harness.serve({
      authorize(request) {
        asked.push(request)
        return {}
      },
    })
    await (
      await fetch(`${served.base}/v1/imports/%41?status=failed`, { headers: { 'x-api-key': 'k' } })
    ).text()
    const [request] = asked
    assert.deepEqual(
      [request?.method, request?.path, request?.headers['x-api-key'], request?.principal],
      ['GET', '/v1/imports/%41', 'k', undefined],
    )
    assert.match(request?.remoteAddress ?? '', /127\.0\.0\.1$/)
    assert.deepEqual(Object.keys(request ?? {}).sort(), [
      'action',
      'headers',
      'method',
      'path',
      'principal',
      'remoteAddress',
      'resource',
    ])
  },

  'an unknown path and an unsupported method need no authorization': async harness => {
    const served = await harness.serve({
      authorize: () => assert.fail('no authorization is needed'),
    })
    await assertProblem(await fetch(`${served.base}/v1/nothing`), 404, 'ROUTE_UNKNOWN')
    await assertProblem(
      await fetch(`${served.base}/v1/imports`, { method: 'PUT' }),
      405,
      'METHOD_NOT_ALLOWED',
    )
    const options = await fetch(`${served.base}/v1/imports`, { method: 'OPTIONS' })
    assert.deepEqual([options.status, options.headers.get('allow')], [204, 'POST, GET, HEAD'])
  },

  'the description contains the security schemes that the host has given': async harness => {
    const schemes = {
      bearer: { type: 'http', scheme: 'bearer' },
      key: { type: 'apiKey', in: 'header', name: 'X-Key' },
    }
    const served = await harness.serve({ securitySchemes: schemes })
    const reported = await answerOf(fetch(`${served.base}/openapi.json`))
    assert.deepEqual(reported.components.securitySchemes, schemes)
    assert.deepEqual(reported.security, [{ bearer: [] }, { key: [] }])
    const silent = await answerOf(fetch(`${harness.base}/openapi.json`))
    assert.deepEqual([silent.components.securitySchemes, silent.security], [undefined, undefined])
  },
}
