// Cases of the HTTP suite: a client that is rejected because of its headers need not send its body.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Authorize } from '@lading/core/http'
import { AccessRefused } from '@lading/core/http'
import { usersOnly } from '../access-fixture.ts'
import {
  boundary,
  field,
  file,
  formBody,
  type HttpCases,
  type HttpHarness,
  leavesNothing,
  usersCsv,
} from '../harness.ts'

const tenMegabytes = 10_000_000
const multipart = `multipart/form-data; boundary=${boundary}`

/** Sends the headers, and this much of the body. */
function begun(
  { origin, mount }: HttpHarness,
  path: string,
  headers: Readonly<Record<string, string | number>>,
  start = '',
): ClientRequest {
  const sent = request(`${origin}${path.startsWith('/host') ? '' : mount}${path}`, {
    method: 'POST',
    headers,
    agent: false,
  })
  // The other side closes a connection on which a body is due that never comes.
  sent.on('error', () => undefined)
  if (start === '') sent.flushHeaders()
  else sent.write(start)
  return sent
}

/** The answer to a request whose body was not sent; fails if it is asked for. */
async function answerTo(
  sent: ClientRequest,
): Promise<{ status: number; code: string; connection: string | undefined }> {
  let isAskedFor = false
  sent.once('continue', () => {
    isAskedFor = true
  })
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  const { code } = JSON.parse(await text(answer))
  sent.destroy()
  assert.equal(isAskedFor, false, '100 Continue came before the answer')
  return { status: answer.statusCode ?? 0, code, connection: answer.headers.connection }
}

const anonymous: Authorize = () => {
  throw new AccessRefused('unauthenticated')
}

const expecting = (headers: Readonly<Record<string, string | number>>) => [
  headers,
  { ...headers, Expect: '100-continue' },
]

export const unreadBodyCases: HttpCases = {
  'an unauthenticated client gets its error before it sends ten megabytes, also instead of 100 Continue':
    async harness => {
      const served = await harness.serve({ authorize: anonymous })
      await leavesNothing(harness, async () => {
        for (const type of [multipart, 'text/csv']) {
          for (const headers of expecting({ 'Content-Type': type, 'Content-Length': tenMegabytes })) {
            const answer = await answerTo(begun(served, '/v1/imports', headers))
            assert.deepEqual(answer, { status: 401, code: 'AUTHENTICATION_REQUIRED', connection: 'close' })
          }
        }
      })
    },

  'H001: a caller that the hook rejects gets its error before the body too': async harness => {
    const hooks: readonly (readonly [Authorize, number, string])[] = [
      // What a hook without types may return.
      [(() => undefined) as unknown as Authorize, 500, 'HOOK_FAILED'],
      [(() => null) as unknown as Authorize, 500, 'HOOK_FAILED'],
      [() => Promise.reject(new Error('secret')), 500, 'HOOK_FAILED'],
      [() => Promise.reject(new AccessRefused('forbidden')), 403, 'ACCESS_DENIED'],
    ]
    await leavesNothing(harness, async () => {
      for (const [authorize, status, code] of hooks) {
        const served = await harness.serve({ authorize })
        for (const type of [multipart, 'text/csv']) {
          const headers = { 'Content-Type': type, 'Content-Length': tenMegabytes }
          const answer = await answerTo(begun(served, '/v1/imports', headers))
          assert.deepEqual(answer, { status, code, connection: 'close' })
        }
      }
    })
  },

  'H005: a boundary that is too long is rejected before the body; one of 70 characters is accepted':
    async harness => {
      for (const length of [71, 252, 10_000]) {
        const type = `multipart/form-data; boundary=${'b'.repeat(length)}`
        const headers = { 'Content-Type': type, 'Content-Length': tenMegabytes }
        const { status, code } = await answerTo(begun(harness, '/v1/imports', headers))
        assert.deepEqual([status, code], [400, 'BODY_INVALID'])
      }
      const longest = 'b'.repeat(70)
      const body = formBody([field('resource', 'users'), file(usersCsv(1))]).replaceAll(boundary, longest)
      const headers = { 'content-type': `multipart/form-data; boundary=${longest}` }
      const taken = await fetch(`${harness.base}/v1/imports`, { method: 'POST', headers, body })
      assert.equal(taken.status, 202, await taken.text())
    },

  'a forbidden resource in the address is rejected before the body': async harness => {
    const served = await harness.serve({ authorize: usersOnly })
    for (const headers of expecting({ 'Content-Type': multipart, 'Content-Length': tenMegabytes })) {
      const answer = await answerTo(begun(served, '/v1/imports?resource=articles', headers))
      assert.deepEqual(answer, { status: 403, code: 'ACCESS_DENIED', connection: 'close' })
    }
  },

  'a forbidden resource in a form field before the file is rejected before the file': async harness => {
    const served = await harness.serve({ authorize: usersOnly })
    const start = formBody([field('resource', 'articles'), file('slug,title\n')], '').slice(0, -2)
    await leavesNothing(harness, async () => {
      const headers = { 'Content-Type': multipart, 'Content-Length': tenMegabytes }
      const answer = await answerTo(begun(served, '/v1/imports', headers, start))
      assert.deepEqual(answer, { status: 403, code: 'ACCESS_DENIED', connection: 'close' })
    })
  },

  'a body that is too large, and a key that is in use, are rejected instead of 100 Continue':
    async harness => {
      const served = await harness.serve({ maxFileBytes: 1_000 })
      const headers = { 'Content-Type': 'text/csv', 'Content-Length': tenMegabytes, Expect: '100-continue' }
      const large = await answerTo(begun(served, '/v1/imports?resource=users', headers))
      assert.deepEqual([large.status, large.code], [413, 'FILE_TOO_LARGE'])
      const claim = await harness.service.jobs.claimKey('in use', 'import')
      try {
        const busy = begun(harness, '/v1/imports?resource=users', { ...headers, 'Idempotency-Key': 'in use' })
        const { status, code } = await answerTo(busy)
        assert.deepEqual([status, code], [409, 'IDEMPOTENCY_IN_PROGRESS'])
      } finally {
        await claim.release()
      }
    },

  'an accepted client gets 100 Continue, and its body is used': async harness => {
    const served = await harness.serve({ authorize: usersOnly })
    const csv = usersCsv(3)
    const form = formBody([field('resource', 'users'), file(csv)])
    for (const [path, type, body] of [
      ['/v1/imports?resource=users', 'text/csv', csv],
      ['/v1/imports', multipart, form],
    ] as const) {
      const length = Buffer.byteLength(body)
      const sent = begun(served, path, {
        'Content-Type': type,
        'Content-Length': length,
        Expect: '100-continue',
      })
      await once(sent, 'continue')
      const response = once(sent, 'response') as Promise<[IncomingMessage]>
      sent.end(body)
      const [answer] = await response
      assert.equal(answer.statusCode, 202, await text(answer))
    }
  },

  'the routes of the host read such bodies as usual': async harness => {
    const body = '{"a":[1,true]}'
    const headers = {
      'Content-Type': 'application/json',
      'Content-Length': body.length,
      Expect: '100-continue',
    }
    const sent = begun(harness, '/host', headers)
    await once(sent, 'continue')
    const response = once(sent, 'response') as Promise<[IncomingMessage]>
    sent.end(body)
    const [answer] = await response
    assert.deepEqual([answer.statusCode, JSON.parse(await text(answer))], [200, { a: [1, true] }])
  },
}
