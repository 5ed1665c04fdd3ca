// Cases of the HTTP suite: the application around the service keeps working, and its body parser causes no errors.
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { until } from '../../runner.ts'
import {
  answerOf,
  ended,
  type HttpCases,
  overSocket,
  requestHead,
  sendJson,
  sendRaw,
  usersCsv,
} from '../harness.ts'

export const hostCases: HttpCases = {
  'routes of the host are served': async ({ origin }) => {
    assert.equal(await (await fetch(`${origin}/host`)).text(), 'hello from the host')
  },

  'the body parser of the host still works': async ({ origin }) => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${origin}/host`, { method: 'POST', headers, body: '{"a":[1,true]}' })
    assert.deepEqual(await answerOf(response), { a: [1, true] })
  },

  'a request that matches neither is answered by the host': async ({ origin, base }) => {
    for (const url of [`${origin}/nowhere`, `${base}/nowhere`, `${base}/healthy`, `${base}/v10/imports`]) {
      const response = await fetch(url)
      assert.deepEqual([response.status, await response.text()], [404, 'host: not found'], url)
    }
  },

  'a JSON body that the host has parsed is used': async harness => {
    const response = await sendJson(harness, '/v1/exports', { resource: 'users', limit: 1 })
    assert.equal(response.status, 202)
    await ended(harness, response)
  },
}

/** Where the service is mounted makes no difference to these. */
export const contentTypeCases: HttpCases = {
  'files are not parsed as JSON, whatever the host parses': async harness => {
    const csv = usersCsv(2)
    const job = await ended(harness, await sendRaw(harness, 'resource=users', csv))
    assert.equal(job.progress.successful_records, 2)
    const lines = '{"email":"host-json@example.org","name":"A","role":"admin","active":true}\n'
    const second = await ended(
      harness,
      await sendRaw(harness, 'resource=users', lines, 'application/x-ndjson'),
    )
    assert.deepEqual([second.status, second.format], ['completed', 'ndjson'])
  },

  'H017: a malformed content type is rejected, whichever body parser runs': async harness => {
    const body = '{"resource":"users","limit":1}'
    // `fetch` would mend some of these.
    const send = (path: string, type: string) => {
      const headers = { 'Content-Type': type, 'Content-Length': body.length, Connection: 'close' }
      return overSocket(harness, requestHead(harness, `POST ${path}`, headers) + body)
    }
    for (const path of ['/v1/imports', '/v1/imports?resource=users', '/v1/exports']) {
      for (const type of [
        'application/json\ta',
        'text/csv\ta',
        'nonsense',
        '',
        'application/json, text/csv',
      ]) {
        const answer = await send(path, type)
        assert.match(answer, /^HTTP\/1\.1 415 [\s\S]*"code":"MEDIA_TYPE_UNSUPPORTED"/, `${path} ${type}`)
      }
      assert.match(await send(path, 'application/json;\u0001'), /^HTTP\/1\.1 400 /)
    }
    // Spaces around a value are not part of it (RFC 9110, 5.5).
    assert.match(await send('/v1/exports', '  application/json '), /^HTTP\/1\.1 202 /)
  },
}

export const stoppingCases: HttpCases = {
  'the host stops only after an aborted upload has been cleaned up': async harness => {
    const happened: string[] = []
    const { origin, stop } = await harness.serve({
      jobs: {
        ...harness.service.jobs,
        async submitImport(upload) {
          happened.push('begun')
          try {
            return await harness.service.jobs.submitImport(upload)
          } finally {
            happened.push('gone')
            // As long as it takes to remove the file from a slow disk.
            await delay(300)
            happened.push('tidied up')
          }
        },
      },
    })
    const head = requestHead(harness, 'POST /v1/imports?resource=users', {
      'Content-Type': 'text/csv',
      'Content-Length': 10_000_000,
    })
    const { hostname, port } = new URL(origin)
    const client = connect(Number(port), hostname)
    client.write(head + usersCsv(5_000))
    await until('the upload has begun', () => happened.includes('begun'))
    client.destroy()
    await until('the service knows', () => happened.includes('gone'))
    await stop()
    assert.deepEqual(happened, ['begun', 'gone', 'tidied up'])
  },
}
