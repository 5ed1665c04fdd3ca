// Cases of the HTTP suite: an answered client loses its connection soon, however slowly it sends the body that is not read.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setInterval } from 'node:timers/promises'
import type { Authorize } from '@lading/core/http'
import { AccessRefused } from '@lading/core/http'
import { until } from '../../runner.ts'
import { type HttpCases, type HttpHarness, requestHead } from '../harness.ts'

/** Milliseconds: the five seconds of the promise, and as much for a machine that has others to serve. */
const patienceMs = 10_000

interface Trickled {
  readonly answer: string
  /** Whether the server had enough of it, in time. */
  readonly isClosed: boolean
}

/** Announces a megabyte, sends a byte of it now and then, and does not disconnect. */
async function trickled(harness: HttpHarness, line: string): Promise<Trickled> {
  const { hostname, port } = new URL(harness.origin)
  // Half open: the end of the answer does not concern it.
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
  socket.on('error', () => undefined)
  let answer = ''
  socket.on('data', chunk => {
    answer += chunk
  })
  const stop = new AbortController()
  const drip = async () => {
    for await (const _ of setInterval(100, undefined, { signal: stop.signal })) socket.write('x')
  }
  socket.write(requestHead(harness, line, { 'Content-Type': 'text/csv', 'Content-Length': 1_000_000 }))
  const dripping = drip().catch(() => undefined)
  try {
    const isClosed = await until(line, () => socket.closed, patienceMs).then(
      () => true,
      () => false,
    )
    return { answer, isClosed }
  } finally {
    stop.abort()
    await dripping
    socket.destroy()
  }
}

const anonymous: Authorize = () => {
  throw new AccessRefused('unauthenticated')
}

export const tricklingBodyCases: HttpCases = {
  'every answer to an incomplete body announces that the connection closes, is complete, and the connection closes':
    async harness => {
      const closed = await harness.serve({ authorize: anonymous })
      const asked: readonly (readonly [HttpHarness, string, number, RegExp])[] = [
        [harness, 'OPTIONS /v1/imports', 204, /\r\n\r\n$/],
        [closed, 'OPTIONS /v1/imports', 204, /\r\n\r\n$/],
        [harness, 'HEAD /v1/imports', 200, /\r\n\r\n$/],
        [harness, 'HEAD /v1/exports?resource=users', 200, /\r\n\r\n$/],
        [harness, 'GET /v1/imports', 200, /\}$/],
        [closed, 'GET /v1/imports', 401, /\}$/],
        [harness, 'GET /v1/exports?resource=users&format=csv', 200, /\r\n0\r\n\r\n$/],
        [harness, 'GET /v1/nothing', 404, /\}$/],
        [harness, 'PUT /v1/imports', 405, /\}$/],
        [closed, 'POST /v1/imports', 401, /\}$/],
        [closed, 'DELETE /v1/exports/00000000-0000-0000-0000-000000000000', 401, /\}$/],
      ]
      const came = await Promise.all(asked.map(([at, line]) => trickled(at, line)))
      const reported = came.map(({ answer, isClosed }, index) => {
        const [head = ''] = answer.split('\r\n\r\n')
        const [, line, , end = /^$/] = asked[index] ?? []
        const saysSo = /^connection: close$/im.test(head)
        return [line, Number(answer.slice(9, 12)), { saysSo, isWhole: end.test(answer), isClosed }]
      })
      const good = { saysSo: true, isWhole: true, isClosed: true }
      assert.deepEqual(
        reported,
        asked.map(([, line, status]) => [line, status, good]),
      )
    },

  'an unexpected body that is sent at once does not cost the answer': async harness => {
    for (const [method, path, status] of [
      ['OPTIONS', '/v1/imports', 204],
      ['GET', '/v1/exports?resource=users&limit=1', 200],
      ['GET', '/v1/nothing', 404],
    ] as const) {
      const headers = { 'Content-Type': 'text/csv', 'Content-Length': 10_000_000 }
      const sent = request(harness.base + path, { method, agent: false, headers })
      // It goes away when it has its answer, in the middle of its body.
      sent.on('error', () => undefined)
      sent.end(Buffer.alloc(10_000_000, 'x'))
      const [answer] = (await once(sent, 'response')) as [IncomingMessage]
      await text(answer)
      assert.deepEqual([answer.statusCode, answer.complete], [status, true], `${method} ${path}`)
    }
  },

  'a body that was received with its headers does not even cost the connection': async harness => {
    const { hostname, port } = new URL(harness.origin)
    const socket = connect(Number(port), hostname)
    let answer = ''
    socket.on('data', chunk => {
      answer += chunk
    })
    const head = requestHead(harness, 'GET /v1/imports', { 'Content-Type': 'text/csv', 'Content-Length': 3 })
    const answers = () => answer.match(/HTTP\/1\.1 200 /g)?.length ?? 0
    for (const count of [1, 2, 3]) {
      socket.write(`${head}a,b`)
      await until('it is answered', () => answers() === count)
    }
    socket.destroy()
    assert.doesNotMatch(answer, /^connection: close$/im)
  },
}
