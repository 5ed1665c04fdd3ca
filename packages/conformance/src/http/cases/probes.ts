// Cases of the HTTP suite: health, metrics, the description of the service, and what every answer has.
import assert from 'node:assert/strict'
import { answerOf, assertProblem, type HttpCases, overSocket, requestHead } from '../harness.ts'

export const probeCases: HttpCases = {
  'health lists which components respond': async ({ base }) => {
    const response = await fetch(`${base}/health`)
    const { timestamp, uptime, ...rest } = await answerOf(response)
    assert.deepEqual(rest, { status: 'healthy', services: { database: 'up', storage: 'up', queue: 'up' } })
    assert.equal(response.status, 200)
    assert.match(timestamp, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    assert.equal(typeof uptime, 'number')
    assert.deepEqual(await answerOf(fetch(`${base}/ready`)), { status: 'ready' })
    assert.deepEqual(await answerOf(fetch(`${base}/live`)), { status: 'alive' })
  },

  'a component that is down makes the service unhealthy, but it stays live': async harness => {
    const health = async () => ({ database: false, storage: true, queue: true })
    const { base } = await harness.serve({ jobs: { ...harness.service.jobs, health } })
    const response = await fetch(`${base}/health`)
    assert.equal(response.status, 503)
    const { status, services } = await answerOf(response)
    assert.deepEqual([status, services], ['unhealthy', { database: 'down', storage: 'up', queue: 'up' }])
    const ready = await fetch(`${base}/ready`)
    assert.deepEqual([ready.status, await answerOf(ready)], [503, { status: 'not ready' }])
    assert.equal((await fetch(`${base}/live`)).status, 200)
  },

  'a probe that hangs is reported as a failure': async harness => {
    const health = () => new Promise<never>(() => undefined)
    const { base } = await harness.serve({
      jobs: { ...harness.service.jobs, health },
      healthTimeoutSeconds: 0.05,
    })
    assert.equal((await fetch(`${base}/health`)).status, 503)
  },

  'a draining server is not ready, and accepts no job': async harness => {
    const { base } = await harness.serve({ isDraining: () => true })
    assert.equal((await fetch(`${base}/ready`)).status, 503)
    for (const kind of ['imports', 'exports']) {
      const response = await fetch(`${base}/v1/${kind}`, { method: 'POST' })
      assert.match(response.headers.get('retry-after') ?? '', /^\d+$/)
      await assertProblem(response, 503, 'SERVER_DRAINING')
    }
  },

  'metrics count by the template of the route': async harness => {
    const seen: unknown[] = []
    const metrics = {
      httpRequest: ({ seconds, ...rest }: { seconds: number }) => {
        assert.ok(seconds >= 0)
        seen.push(rest)
      },
      expose: async () => ({ contentType: 'text/plain; version=0.0.4', body: 'some_total 1\n' }),
    }
    const { base } = await harness.serve({ metrics })
    const response = await fetch(`${base}/metrics`)
    assert.equal(await response.text(), 'some_total 1\n')
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
    await (await fetch(`${base}/v1/imports/nonsense`)).text()
    await (await fetch(`${base}/v1/nothing`)).text()
    await (await fetch(`${base}/v1/exports?resource=users&limit=1`)).text()
    assert.deepEqual(seen, [
      { method: 'GET', route: '/metrics', status: 200 },
      { method: 'GET', route: '/v1/imports/:job_id', status: 400 },
      { method: 'GET', route: undefined, status: 404 },
      { method: 'GET', route: '/v1/exports', status: 200 },
    ])
  },

  'without metrics there is no metrics endpoint': async ({ base }) => {
    await assertProblem(await fetch(`${base}/metrics`), 404, 'ROUTE_UNKNOWN')
  },

  'an unknown route and a wrong method have the error format': async ({ base }) => {
    for (const path of ['/v1/nothing', '/v1/imports/', '/v1']) {
      await assertProblem(await fetch(base + path), 404, 'ROUTE_UNKNOWN')
    }
    const response = await fetch(`${base}/v1/imports`, { method: 'PUT', body: 'x'.repeat(1000) })
    assert.equal(response.headers.get('allow'), 'POST, GET, HEAD')
    await assertProblem(response, 405, 'METHOD_NOT_ALLOWED')
    await assertProblem(await fetch(`${base}/health`, { method: 'POST' }), 405, 'METHOD_NOT_ALLOWED')
    const options = await fetch(`${base}/v1/exports`, { method: 'OPTIONS' })
    assert.deepEqual([options.status, options.headers.get('allow')], [204, 'GET, HEAD, POST'])
  },

  'a valid request id is kept, any other one is replaced': async harness => {
    const idOf = async (given: string) => {
      const response = await fetch(`${harness.base}/live`, { headers: { 'x-request-id': given } })
      return response.headers.get('x-request-id') ?? ''
    }
    assert.equal(await idOf('a-B_3.x'), 'a-B_3.x')
    assert.equal(await idOf('x'.repeat(128)), 'x'.repeat(128))
    for (const bad of ['', 'x'.repeat(129), 'a b', '<script>', 'a"b'])
      assert.match(await idOf(bad), /^[0-9a-f-]{36}$/)
  },

  'HEAD answers like GET, without a body': async harness => {
    const answer = await overSocket(
      harness,
      requestHead(harness, 'HEAD /v1/resources', { Connection: 'close' }),
    )
    assert.match(answer, /^HTTP\/1\.1 200 /)
    assert.match(answer, /content-length: [1-9]\d*\r\n/i)
    assert.ok(answer.endsWith('\r\n\r\n'))
  },

  'resources are described in a machine-readable form': async ({ base }) => {
    const { resources } = await answerOf(fetch(`${base}/v1/resources`))
    const users = resources.find(({ name }: { name: string }) => name === 'users')
    assert.deepEqual(users.schema.required, ['email', 'name', 'role', 'active'])
    assert.equal(users.schema.properties.email.format, 'email')
    assert.deepEqual(users.keys, [{ fields: ['email'], ignore_case: true, code: 'DUPLICATE_EMAIL' }])
    const articles = resources.find(({ name }: { name: string }) => name === 'articles')
    assert.deepEqual(articles.references[0].by, { author_email: 'email' })
    assert.ok(users.filters.includes('role'))
    assert.deepEqual(users.formats, {
      import: ['csv', 'ndjson', 'json'],
      export: ['csv', 'ndjson', 'json'],
    })
  },

  'the OpenAPI document names every path, and where it is mounted': async ({ base, mount }) => {
    const document = await answerOf(fetch(`${base}/openapi.json`))
    assert.match(document.openapi, /^3\.1\./)
    assert.deepEqual(document.servers, [{ url: mount === '' ? '/' : mount }])
    assert.deepEqual(Object.keys(document.paths['/v1/imports']), ['post', 'get'])
    assert.ok(document.paths['/v1/exports/{job_id}/download'].get)
    const ids = Object.values(document.paths).flatMap(path =>
      Object.values(path as Record<string, { operationId: string }>).map(({ operationId }) => operationId),
    )
    assert.equal(new Set(ids).size, ids.length)
  },

  'an unexpected error reveals nothing of itself': async harness => {
    const faults: unknown[] = []
    const list = () => Promise.reject(new Error('secret of the database'))
    const jobs = { ...harness.service.jobs, list }
    const { base } = await harness.serve({ jobs, onFault: (error, id) => faults.push([String(error), id]) })
    const response = await fetch(`${base}/v1/imports`, { headers: { 'x-request-id': 'abc' } })
    assert.doesNotMatch(await assertProblem(response, 500, 'INTERNAL'), /secret/)
    assert.deepEqual(faults, [['Error: secret of the database', 'abc']])
  },
}
