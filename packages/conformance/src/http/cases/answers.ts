// Cases of the HTTP suite: the security headers of every answer, what it reveals of the server, and which pages may use it.
import assert from 'node:assert/strict'
import { request } from 'node:http'
import {
  assertProblem,
  ended,
  type HttpCases,
  type HttpHarness,
  leavesNothing,
  overSocket,
  requestHead,
  sendJson,
  sendRaw,
  usersCsv,
} from '../harness.ts'

const app = 'https://app.example.org'
const csv = { 'content-type': 'text/csv' }

const guards = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
}

function assertGuarded(response: Response, about: string): void {
  const found = Object.keys(guards).map(name => [name, response.headers.get(name)])
  assert.deepEqual(Object.fromEntries(found), guards, about)
  for (const banner of ['x-powered-by', 'server']) assert.equal(response.headers.get(banner), null, about)
}

/** Headers that `fetch` does not let anybody set, such as those of a browser. */
async function asBrowser(
  harness: HttpHarness,
  line: string,
  headers: Readonly<Record<string, string>>,
  body = '',
): Promise<{ readonly status: number; readonly headers: Readonly<Record<string, string | undefined>> }> {
  const [method, path] = line.split(' ')
  const sent = request(harness.base + path, { method, headers, agent: false })
  // Node announces no body of a DELETE.
  sent.end(method === 'POST' ? body : undefined)
  return new Promise((resolve, reject) => {
    sent.once('error', reject)
    sent.once('response', answer => {
      answer.resume().once('end', () => {
        const { statusCode: status = 0, headers: found } = answer
        resolve({ status, headers: found as Record<string, string | undefined> })
      })
    })
  })
}

const corsHeaders = (headers: Readonly<Record<string, string | undefined>>) =>
  Object.keys(headers).filter(name => name.startsWith('access-control-'))

export const answerCases: HttpCases = {
  'every answer has its content type fixed, and does not reveal the server software': async harness => {
    const { base, origin } = harness
    const accepted = await sendRaw(harness, 'resource=users', usersCsv(1))
    assertGuarded(accepted, 'an import')
    const job = await ended(harness, accepted)
    const exported = await sendJson(harness, '/v1/exports', { resource: 'users', fields: ['email'] })
    const { links, job_id } = await ended(harness, exported)
    for (const url of [
      ...['/health', '/ready', '/live', '/metrics', '/openapi.json', '/v1', '/v1/nowhere'].map(
        path => base + path,
      ),
      ...['/v1/resources', '/v1/imports', '/v1/imports/0', '/v1/exports'].map(path => base + path),
      ...['/v1/exports?resource=users', `/v1/exports/${job_id}/download`].map(path => base + path),
      ...[job.links.self, job.links.errors, links.self].map(path => origin + path),
    ]) {
      for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT']) {
        const response = await fetch(url, { method })
        await response.text()
        assertGuarded(response, `${method} ${url}`)
        assert.notEqual(response.headers.get('cache-control'), null, `${method} ${url}`)
        assert.match(response.headers.get('x-request-id') ?? '', /^[\w.-]{1,128}$/)
      }
    }
    const refused = await sendRaw(harness, 'resource=users', usersCsv(1), 'nonsense')
    await refused.text()
    assertGuarded(refused, 'refused by the framework or by core')
  },

  'data is never cached; the file of an export only with revalidation': async harness => {
    const { base } = harness
    const { job_id } = await ended(
      harness,
      await sendJson(harness, '/v1/exports', { resource: 'users', limit: 1 }),
    )
    const cached = async (path: string, headers = {}) => {
      const response = await fetch(base + path, { headers })
      await response.text()
      return [response.status, response.headers.get('cache-control')]
    }
    assert.deepEqual(await cached('/v1/imports'), [200, 'no-store'])
    assert.deepEqual(await cached('/v1/exports?resource=users'), [200, 'no-store'])
    assert.deepEqual(await cached('/v1/exports?resource=nobody'), [400, 'no-store'])
    const download = `/v1/exports/${job_id}/download`
    assert.deepEqual(await cached(download), [200, 'private, no-cache'])
    assert.deepEqual(await cached(download, { 'if-none-match': '*' }), [304, 'private, no-cache'])
  },

  'pages of other origins may not read answers, unless their origin is configured': async harness => {
    const asked = { origin: app, 'access-control-request-method': 'POST' }
    for (const line of ['GET /v1/imports', 'OPTIONS /v1/imports', 'GET /v1/nowhere', 'GET /health']) {
      const { headers } = await asBrowser(harness, line, asked)
      assert.deepEqual(corsHeaders(headers), [], line)
    }
    const served = await harness.serve({ corsOrigins: [app] })
    for (const origin of ['https://evil.example', `${app}.evil.example`, 'http://app.example.org', 'null']) {
      for (const line of ['GET /v1/imports', 'OPTIONS /v1/imports']) {
        const { headers } = await asBrowser(served, line, { ...asked, origin })
        assert.deepEqual(corsHeaders(headers), [], `${line} ${origin}`)
        assert.match(headers.vary ?? '', /\bOrigin$/)
      }
    }
  },

  'a configured origin may send the listed headers and read the listed headers': async harness => {
    const served = await harness.serve({ corsOrigins: ['http://localhost:3000', app] })
    const preflight = await asBrowser(served, 'OPTIONS /v1/imports', {
      origin: app,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,idempotency-key',
    })
    assert.equal(preflight.status, 204)
    assert.equal(preflight.headers['access-control-allow-origin'], app)
    assert.equal(preflight.headers['access-control-allow-methods'], 'POST, GET, HEAD')
    assert.match(
      preflight.headers['access-control-allow-headers'] ?? '',
      /\bContent-Type\b.*\bIdempotency-Key\b/,
    )
    assert.equal(preflight.headers['access-control-allow-credentials'], undefined)
    for (const line of [
      'GET /v1/exports?resource=users',
      'GET /v1/exports?resource=nobody',
      'GET /v1/nowhere',
    ]) {
      const { headers } = await asBrowser(served, line, { origin: app })
      assert.equal(headers['access-control-allow-origin'], app, line)
      assert.match(headers['access-control-expose-headers'] ?? '', /\bLocation\b/)
      assert.match(headers.vary ?? '', /\bOrigin$/)
    }
    const sent = await asBrowser(
      served,
      'POST /v1/imports?resource=users',
      { ...csv, origin: app },
      usersCsv(1),
    )
    assert.equal(sent.status, 202)
    const open = await harness.serve({ corsOrigins: ['*'] })
    const { headers } = await asBrowser(open, 'GET /v1/imports', { origin: 'https://any.example' })
    assert.equal(headers['access-control-allow-origin'], 'https://any.example')
  },

  'a page of another origin cannot send a request that changes anything': async harness => {
    const { host } = new URL(harness.origin)
    const users = 'POST /v1/imports?resource=users'
    const foreign = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `http://${host}`, 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]
    await leavesNothing(harness, async () => {
      for (const headers of foreign) {
        for (const line of [
          users,
          'POST /v1/exports',
          'DELETE /v1/imports/0b7e',
          'POST /v1/imports/0b7e/retry',
        ]) {
          const { status } = await asBrowser(harness, line, { ...csv, ...headers }, usersCsv(1))
          assert.equal(status, 403, `${line} ${JSON.stringify(headers)}`)
        }
      }
      const head = requestHead(harness, users, {
        ...csv,
        Origin: 'https://evil.example',
        'Content-Length': 1_000_000,
        Connection: 'close',
      })
      assert.match(
        await overSocket(harness, head, true),
        /^HTTP\/1\.1 403 [\s\S]*"code":"ORIGIN_NOT_ALLOWED"/,
      )
    })
    for (const headers of [
      {},
      { origin: `http://${host}` },
      { origin: 'https://public.example', 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'none' },
    ]) {
      assert.equal((await asBrowser(harness, users, { ...csv, ...headers }, usersCsv(1))).status, 202)
    }
  },

  'an invalid origin is rejected at start': async harness => {
    for (const origin of [
      'app.example.org',
      'https://app.example.org/',
      'https://*.example.org',
      'null',
      '',
    ]) {
      await assert.rejects(harness.serve({ corsOrigins: [origin] }), { code: 'CONFIG_INVALID' }, origin)
    }
    await assertProblem(await fetch(`${harness.base}/v1/nowhere`), 404, 'ROUTE_UNKNOWN')
  },
}
