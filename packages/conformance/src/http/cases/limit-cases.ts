// Cases of the HTTP suite: requests that are too many, too slow or too large are rejected, and leave nothing.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { json } from 'node:stream/consumers'
import { setInterval } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { LadingError } from '@lading/core'
import { until } from '../../runner.ts'
import {
  answerOf,
  assertProblem,
  boundary,
  ended,
  field,
  file,
  formBody,
  type HttpCases,
  type HttpHarness,
  leavesNothing,
  sendForm,
  sendRaw,
  usersCsv,
} from '../harness.ts'

const multipart = `multipart/form-data; boundary=${boundary}`

interface Opened {
  readonly sending: ClientRequest
  readonly answered: Promise<IncomingMessage>
}

/** A request whose headers are sent, and whose body is the test's to send. */
function open(harness: HttpHarness, path: string, type: string, length = 1_000_000): Opened {
  const headers = { 'content-type': type, 'content-length': length }
  const sending = request(harness.base + path, { method: 'POST', headers, agent: false })
  sending.on('error', () => undefined)
  sending.flushHeaders()
  const answered = once(sending, 'response').then(([answer]) => answer as IncomingMessage)
  answered.catch(() => undefined)
  return { sending, answered }
}

/** The answer while nothing of the body is sent. */
async function refusedUnread(harness: HttpHarness, path = '/v1/imports?resource=users', type = 'text/csv') {
  const { sending, answered } = open(harness, path, type)
  const answer = await answered
  const { code } = (await json(answer)) as { code: string }
  sending.destroy()
  return { status: answer.statusCode, code, retryAfter: answer.headers['retry-after'] }
}

/** The answer to a body that sends this many bytes every 20 ms. */
async function trickled(harness: HttpHarness, [path, type, start]: readonly string[], bytes: number) {
  const { sending, answered } = open(harness, path ?? '', type ?? '', 50_000_000)
  sending.write(start)
  const stop = new AbortController()
  const drip = async () => {
    for await (const _ of setInterval(20, undefined, { signal: stop.signal }))
      sending.write('x'.repeat(bytes))
  }
  const dripping = drip().catch(() => undefined)
  const answer = await answered
  const problem = (await json(answer)) as { code: string; detail: string }
  stop.abort()
  await dripping
  sending.destroy()
  return { status: answer.statusCode, connection: answer.headers.connection, ...problem }
}

const slowBodies = [
  ['/v1/imports?resource=users', 'text/csv', 'email,name,role,active\n'],
  ['/v1/imports', multipart, formBody([field('resource', 'users'), file('email\n')], '').trimEnd()],
  ['/v1/imports', multipart, formBody([file('email\n')], '').trimEnd()],
  ['/v1/imports', multipart, ''],
] as const

async function tellsTooSlow(harness: HttpHarness, bytes: number, detail: RegExp): Promise<void> {
  await leavesNothing(harness, async () => {
    for (const answer of await Promise.all(slowBodies.map(body => trickled(harness, body, bytes)))) {
      assert.deepEqual([answer.status, answer.code, answer.connection], [408, 'BODY_TOO_SLOW', 'close'])
      assert.match(answer.detail, detail)
    }
  })
}

export const limitCases: HttpCases = {
  'one upload too many is rejected before its body with 429 and Retry-After, until another one ends':
    async harness => {
      const served = await harness.serve({ limits: { uploads: 2, uploadsPerCaller: 2 } })
      const rows = usersCsv(2_000)
      const length = Buffer.byteLength(rows)
      const under = ['a', 'b'].map(() => open(served, '/v1/imports?resource=users', 'text/csv', length))
      for (const { sending } of under) sending.write(rows.slice(0, 100_000))
      await until('both are read', () => busy(served))
      const refused = { status: 429, code: 'TOO_MANY_UPLOADS', retryAfter: '5' }
      assert.deepEqual(await refusedUnread(served), refused)
      assert.deepEqual(await refusedUnread(served, '/v1/imports', multipart), refused)
      // Nothing else is held up by it.
      assert.equal((await fetch(`${served.base}/v1/imports`)).status, 200)
      under[0]?.sending.end(rows.slice(100_000))
      assert.equal((await under[0]?.answered)?.statusCode, 202)
      under[1]?.sending.destroy()
      await until('both places are free', async () => !(await busy(served)))
      assert.equal(
        (await ended(served, await sendRaw(served, 'resource=users', usersCsv(1)))).status,
        'completed',
      )
    },

  'a slow body gets 408, and nothing of it is kept': async harness => {
    const served = await harness.serve({ limits: { bodyBytesPerSecond: 1_000, bodyRateSeconds: 0.5 } })
    await tellsTooSlow(served, 1, /^Less than 1000 bytes a second came for 0\.5 seconds; /)
  },

  'a body that is fast enough but never ends gets 408 too': async harness => {
    const served = await harness.serve({ limits: { bodySeconds: 0.7 } })
    await tellsTooSlow(served, 100, /^The body did not come within 0\.7 seconds; /)
  },

  'one streamed export too many is rejected, until another one ends; HEAD takes no slot': async harness => {
    const { brittle } = harness.service
    await brittle.prepare()
    const served = await harness.serve({
      exporter: brittle.exporter,
      resources: brittle.resources,
      limits: { streamedExports: 3, streamedExportsPerCaller: 1 },
    })
    const url = `${served.base}/v1/exports?resource=long_lines`
    const leaving = new AbortController()
    await fetch(url, { signal: leaving.signal })
    const refused = await fetch(url)
    assert.equal(refused.headers.get('retry-after'), '5')
    await assertProblem(refused, 429, 'TOO_MANY_EXPORTS')
    assert.equal((await fetch(url, { method: 'HEAD' })).status, 200)
    leaving.abort()
    const small = `${served.base}/v1/exports?resource=whole_lines&limit=1`
    await until('the place is free', async () => {
      const response = await fetch(small)
      await response.text()
      return response.status === 200
    })
  },

  'a client that reads nothing of its export is cut off; one that waits for the first row is not':
    async harness => {
      const { brittle } = harness.service
      await brittle.prepare()
      const served = await harness.serve({
        exporter: brittle.exporter,
        resources: brittle.resources,
        limits: { stalledAnswerSeconds: 0.4 },
      })
      const waiting = new AbortController()
      const patient = fetch(`${served.base}/v1/exports?resource=sleepy_lines`, { signal: waiting.signal })
      patient.catch(() => undefined)
      await until('it is waited for', async () => (await brittle.printing()) === 1)
      const stalled = request(`${served.base}/v1/exports?resource=long_lines`, { agent: false }).end()
      const [answer] = await once(stalled, 'response')
      assert.equal(answer.statusCode, 200)
      await until('it is cut off', async () => (await brittle.printing()) === 1)
      answer.on('error', () => undefined).resume()
      await new Promise(resolve => answer.once('close', resolve))
      assert.equal(answer.complete, false)
      assert.equal(await brittle.printing(), 1)
      waiting.abort()
      await until('nobody prints', async () => (await brittle.printing()) === 0)
    },

  'a full disk, and the maximum number of jobs, are reported before the body is received': async harness => {
    const without = (fault: LadingError) =>
      harness.serve({ jobs: { ...harness.service.jobs, checkCapacity: () => Promise.reject(fault) } })
    await leavesNothing(harness, async () => {
      const full = await without(new LadingError('STORAGE_FULL', 'The storage has no room for this.'))
      assert.deepEqual(await refusedUnread(full), {
        status: 507,
        code: 'STORAGE_FULL',
        retryAfter: undefined,
      })
      const busy = await without(new LadingError('TOO_MANY_JOBS', 'You have 3 jobs.'))
      const refused = { status: 429, code: 'TOO_MANY_JOBS', retryAfter: '5' }
      assert.deepEqual(await refusedUnread(busy), refused)
      assert.deepEqual(await refusedUnread(busy, '/v1/imports', multipart), refused)
    })
  },

  'the storage is asked for as much capacity as the client announces': async harness => {
    const asked: unknown[] = []
    const checkCapacity = async (wanted: unknown) => {
      asked.push(wanted)
      throw new LadingError('STORAGE_FULL', 'The storage has no room for this.')
    }
    const served = await harness.serve({ jobs: { ...harness.service.jobs, checkCapacity } })
    await refusedUnread(served)
    assert.deepEqual(asked, [{ bytes: 1_000_000, caller: undefined }])
  },

  'a JSON body of more than 64 KiB is rejected, whichever parser reads it, and whether its length is announced or not':
    async ({ base }) => {
      const headers = { 'content-type': 'application/json' }
      for (const path of ['/v1/exports', '/v1/imports']) {
        const text = JSON.stringify({ resource: 'users', filename: 'x'.repeat(70_000) })
        for (const body of [text, new Blob([text]).stream()]) {
          const init = { method: 'POST', headers, body, duplex: 'half' }
          const response = await fetch(base + path, init as RequestInit)
          await assertProblem(response, 413, 'BODY_TOO_LARGE')
        }
        // A parser of the host may unpack it; core does not.
        const packed = { ...headers, 'content-encoding': 'gzip' }
        const response = await fetch(base + path, { method: 'POST', headers: packed, body: gzipSync(text) })
        const { code } = await answerOf(response)
        assert.match(code, /^(BODY_TOO_LARGE|MEDIA_TYPE_UNSUPPORTED)$/)
      }
    },

  'forms accept fewer fields if so configured, and field names are never truncated': async harness => {
    const served = await harness.serve({ limits: { formFields: 2, formFieldBytes: 100 } })
    const users = field('resource', 'users')
    const sent = (...parts: Parameters<typeof formBody>[0]) => sendForm(served, formBody(parts))
    await leavesNothing(served, async () => {
      for (const parts of [
        [users, field('format', 'csv'), field('dry_run', 'true'), file(usersCsv(1))],
        [users, field('metadata', `"${'x'.repeat(100)}"`), file(usersCsv(1))],
        [users, field('x'.repeat(101), 'csv'), file(usersCsv(1))],
      ]) {
        await assertProblem(await sent(...parts), 400, 'BODY_INVALID')
      }
    })
    assert.equal(
      (await ended(served, await sent(users, field('format', 'csv'), file(usersCsv(1))))).status,
      'completed',
    )
  },
}

/** Whether one more upload finds no place. */
async function busy(harness: HttpHarness): Promise<boolean> {
  const { status } = await refusedUnread(harness, '/v1/imports', 'image/png')
  return status === 429
}
