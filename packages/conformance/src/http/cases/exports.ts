// Cases of the HTTP suite: streamed exports, whole or visibly broken.
import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { get } from 'node:http'
import { Readable } from 'node:stream'
import { LadingError } from '@lading/core'
import { until } from '../../runner.ts'
import {
  assertProblem,
  ended,
  type HttpCases,
  type HttpHarness,
  overSocket,
  requestHead,
  sendRaw,
} from '../harness.ts'

const tag = randomUUID().slice(0, 8)

/** Three users of whom two are admins, found by their name. */
async function threeUsers(harness: HttpHarness): Promise<string> {
  const name = `${tag} ${randomUUID()}`
  const rows = ['admin', 'admin', 'reader'].map(
    (role, index) => `${randomUUID()}@example.org,${name},${role},${index > 0}\n`,
  )
  await ended(harness, await sendRaw(harness, 'resource=users', `email,name,role,active\n${rows.join('')}`))
  return `resource=users&name=${encodeURIComponent(name)}`
}

const failing = (stream: () => Readable) => ({ exporter: { stream } })

/** The first chunk is larger than the buffer of a stream, so that the second one is asked for when it has been taken. */
async function* thenFails(head: Promise<void>): AsyncGenerator<Buffer> {
  yield randomBytes(200_000)
  await head
  // What has been written in this turn of the event loop is sent.
  await new Promise(resolve => setImmediate(resolve))
  throw new LadingError('DATABASE_UNAVAILABLE', 'The database went away.')
}

export const exportCases: HttpCases = {
  'rows are sent as NDJSON by default, as CSV or a JSON array on request': async harness => {
    const query = await threeUsers(harness)
    const ndjson = await fetch(`${harness.base}/v1/exports?${query}`)
    assert.equal(ndjson.headers.get('content-type'), 'application/x-ndjson')
    assert.match(
      ndjson.headers.get('content-disposition') ?? '',
      /^attachment; filename="users-\d{4}-\d\d-\d\d\.ndjson"$/,
    )
    assert.equal(
      (await ndjson.text())
        .trim()
        .split('\n')
        .map(line => JSON.parse(line)).length,
      3,
    )
    const csv = await fetch(`${harness.base}/v1/exports?${query}&format=csv`)
    assert.equal(csv.headers.get('content-type'), 'text/csv; charset=utf-8')
    assert.match(await csv.text(), /^id,email,name,role,active,created_at,updated_at\n(.*\n){3}$/)
    const array = await fetch(`${harness.base}/v1/exports?${query}&format=json`)
    assert.equal(array.headers.get('content-type'), 'application/json')
    assert.equal(JSON.parse(await array.text()).length, 3)
    const none = await fetch(`${harness.base}/v1/exports?resource=users&name=${randomUUID()}&format=json`)
    assert.deepEqual(JSON.parse(await none.text()), [])
  },

  'fields are filtered by equality': async harness => {
    const query = await threeUsers(harness)
    const count = async (filter: string) =>
      (await (await fetch(`${harness.base}/v1/exports?${query}${filter}`)).text()).split('\n').length - 1
    assert.equal(await count('&role=admin'), 2)
    assert.equal(await count('&role=admin&active=true'), 1)
    assert.equal(await count('&filter.role=reader'), 1)
    assert.equal(await count('&role=reader&active=false'), 0)
  },

  'a result without rows is still a file': async harness => {
    const none = `resource=users&name=${randomUUID()}`
    assert.equal(await (await fetch(`${harness.base}/v1/exports?${none}`)).text(), '')
    const csv = await (await fetch(`${harness.base}/v1/exports?${none}&format=csv`)).text()
    assert.equal(csv, 'id,email,name,role,active,created_at,updated_at\n')
  },

  'invalid filters are rejected by name, before a status is sent': async harness => {
    const ask = (query: string) => fetch(`${harness.base}/v1/exports?resource=users&${query}`)
    assert.match(await assertProblem(await ask('rol=admin'), 400, 'FILTER_INVALID'), /"rol"/)
    assert.match(await assertProblem(await ask('active=perhaps'), 400, 'FILTER_INVALID'), /"active"/)
    for (const name of ['__proto__', 'constructor', 'filter.limit', 'a%22--']) {
      await assertProblem(await ask(`${name}=1`), 400, 'FILTER_INVALID')
    }
  },

  'invalid or missing parameters are rejected': async harness => {
    const ask = (query: string) => fetch(`${harness.base}/v1/exports?${query}`)
    await assertProblem(await ask(''), 400, 'OPTION_INVALID')
    await assertProblem(await ask('resource=user'), 400, 'RESOURCE_UNKNOWN')
    for (const format of ['exe', 'constructor', '']) {
      await assertProblem(await ask(`resource=users&format=${format}`), 400, 'OPTION_INVALID')
    }
    await assertProblem(await ask('resource=users&resource=users'), 400, 'OPTION_INVALID')
  },

  'HEAD runs no query': async harness => {
    const served = await harness.serve(
      failing(() => new Readable({ read: () => assert.fail('it was read') })),
    )
    const answer = await overSocket(
      served,
      requestHead(served, 'HEAD /v1/exports?resource=users', { Connection: 'close' }),
    )
    assert.match(answer, /^HTTP\/1\.1 200 /)
    assert.match(answer, /content-type: application\/x-ndjson\r\n/i)
  },

  'a failure before the first byte is a problem document': async harness => {
    const broken = () => {
      throw new LadingError('DATABASE_UNAVAILABLE', 'The database does not answer.')
    }
    for (const stream of [
      broken,
      () =>
        Readable.from(
          (async function* () {
            yield broken()
          })(),
        ),
    ]) {
      const { base } = await harness.serve(failing(stream))
      const response = await fetch(`${base}/v1/exports?resource=users`)
      assert.match(response.headers.get('retry-after') ?? '', /^\d+$/)
      await assertProblem(response, 503, 'DATABASE_UNAVAILABLE')
    }
  },

  'a failure in mid-stream breaks the connection, for every client': async harness => {
    let onHead: () => void = () => undefined
    const head = new Promise<void>(resolve => {
      onHead = resolve
    })
    const served = await harness.serve(failing(() => Readable.from(thenFails(head), { objectMode: false })))
    const url = `${served.base}/v1/exports?resource=users`
    // Compressed, a chunk may wait in a buffer; so this one fails when its head has come.
    const response = await fetch(url)
    assert.equal(response.status, 200)
    onHead()
    await assert.rejects(response.text())

    const request = get(url)
    const [answer] = await once(request, 'response')
    answer.on('error', () => undefined).resume()
    await new Promise(resolve => answer.once('close', resolve))
    assert.equal(answer.complete, false)

    const raw = await overSocket(served, requestHead(served, 'GET /v1/exports?resource=users', {})).catch(
      () => '',
    )
    assert.ok(!raw.endsWith('0\r\n\r\n'), 'the last chunk was sent')
  },

  'a client that disconnects ends the export': async harness => {
    let isDestroyed = false
    const endless = () =>
      new Readable({
        read() {
          this.push(Buffer.alloc(16_384))
        },
        destroy(error, done) {
          isDestroyed = true
          done(error)
        },
      })
    const { base } = await harness.serve(failing(endless))
    const leaving = new AbortController()
    const response = await fetch(`${base}/v1/exports?resource=users`, { signal: leaving.signal })
    await response.body?.getReader().read()
    leaving.abort()
    await until('the export ends', () => isDestroyed)
  },

  'a client that disconnects before the first byte ends the export': async harness => {
    let isAsked = false
    let isDestroyed = false
    const silent = () =>
      new Readable({
        read() {
          isAsked = true
        },
        destroy(error, done) {
          isDestroyed = true
          done(error)
        },
      })
    const { base } = await harness.serve(failing(silent))
    const leaving = new AbortController()
    const left = assert.rejects(fetch(`${base}/v1/exports?resource=users`, { signal: leaving.signal }))
    await until('the export is asked for rows', () => isAsked)
    leaving.abort()
    await left
    await until('the export ends', () => isDestroyed)
  },
}
