// Cases of the HTTP suite: a remote file that does not come, changes on the way, or is not wanted any more.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { fairClock } from '../../fair-clock.ts'
import { until } from '../../runner.ts'
import { answerOf, assertProblem, ended, type HttpCases, newUploads, usersCsv } from '../harness.ts'
import { files, fromUrl, giving, isImported, outcome } from '../remote-fixture.ts'
import type { Respond } from '../remote-names.ts'

export const remoteFaultCases: HttpCases = {
  'a remote file that holds no data is reported, and nothing of it is kept': async harness => {
    const uploads = await newUploads(harness)
    const html = '<!DOCTYPE html><html><title>Log in</title></html>'
    const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
    for (const [respond, code, sentence] of [
      [giving(html, { 'content-type': 'text/html; charset=utf-8' }), 'NOT_A_DATA_FILE', /web page/],
      [giving(html, { 'content-type': 'text/csv' }), 'NOT_A_DATA_FILE', /web page/],
      [giving(`\ufeff\n ${html}`), 'NOT_A_DATA_FILE', /web page/],
      [giving(gzipSync(html), { 'content-encoding': 'gzip' }), 'NOT_A_DATA_FILE', /web page/],
      [giving(png), 'FORMAT_UNSUPPORTED', /PNG/],
      [giving('', {}, 204), 'SOURCE_UNAVAILABLE', /status 204/],
      [giving(usersCsv(1), { 'content-range': 'bytes 0-9/10' }, 206), 'SOURCE_UNAVAILABLE', /status 206/],
      [giving(html, {}, 401), 'SOURCE_UNAVAILABLE', /status 401.*needs no login/],
      [giving(html, {}, 404), 'SOURCE_UNAVAILABLE', /status 404.*address is still right/],
      [giving('', {}, 304), 'SOURCE_UNAVAILABLE', /status 304/],
    ] as const) {
      await files(harness, respond, async (url, { requests }) => {
        const job = await ended(harness, await fromUrl(harness, url('/users.csv')))
        assert.deepEqual([job.status, job.error_code], ['failed', code])
        assert.match(job.error_message, sentence)
        assert.equal(requests.length, 1)
        const rejects = await fetch(harness.origin + job.links.rejects)
        await assertProblem(rejects, 410, 'FILE_EXPIRED')
      })
    }
    assert.equal(await uploads(), 0)
  },

  'a remote file over the limit is not fetched to its end': async harness => {
    const small = await harness.serve({ maxFileBytes: 1_000 })
    const uploads = await newUploads(harness)
    await files(harness, giving(usersCsv(100)), async url => {
      assert.deepEqual(await outcome(small, url('/users.csv')), ['failed', 'FILE_TOO_LARGE', 'csv', 0])
    })
    const endless: Respond = (_request, response) => {
      const send = () => void (response.destroyed || response.write(usersCsv(100), send))
      send()
    }
    await files(harness, endless, async url => {
      assert.deepEqual(await outcome(small, url('/users.csv')), ['failed', 'FILE_TOO_LARGE', 'csv', 0])
    })
    assert.equal(await uploads(), 0)
  },

  'a busy server is asked again': async harness => {
    let count = 0
    const respond: Respond = (_request, response) =>
      ++count === 1 ? response.writeHead(503).end() : response.end(usersCsv(2))
    await files(harness, respond, async url => {
      assert.deepEqual(await outcome(harness, url('/users.csv')), ['completed', null, 'csv', 2])
      assert.equal(count, 2)
    })
  },

  'a file that changes during its transfer is never mixed': async harness => {
    const [first, second] = [randomUUID(), randomUUID()]
    let version = { etag: '"1"', body: usersCsv(4_000, first) }
    const respond: Respond = (request, response) => {
      const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
      const { etag, body } = version
      const isRest = start > 0 && request.headers['if-range'] === etag
      const part = isRest ? body.slice(start) : body
      response.writeHead(isRest ? 206 : 200, {
        etag,
        'content-length': part.length,
        ...(isRest && { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` }),
      })
      if (etag === '"2"') return void response.end(part)
      response.write(part.slice(0, body.length / 2), () => {
        version = { etag: '"2"', body: usersCsv(3_000, second) }
        response.socket?.destroySoon()
      })
    }
    await files(harness, respond, async (url, { requests }) => {
      assert.deepEqual(await outcome(harness, url('/users.csv')), ['completed', null, 'csv', 3_000])
      assert.deepEqual(
        requests.map(({ headers }) => headers['if-range']),
        [undefined, '"1"', undefined],
      )
      assert.equal(await isImported(harness, `0-${first}@example.org`), false)
      assert.equal(await isImported(harness, `2999-${second}@example.org`), true)
    })
  },

  'a cancelled job stops its transfer': async harness => {
    const uploads = await newUploads(harness)
    let closed = false
    const silent: Respond = (_request, response) => {
      response.writeHead(200, { 'content-length': 1_000_000 })
      response.write('email,name,role,active\n'.repeat(1_000))
      response.once('close', () => {
        closed = true
      })
    }
    await files(harness, silent, async (url, { requests }) => {
      const { links } = await answerOf(fromUrl(harness, url('/users.csv')))
      await until('it is fetched', () => requests.length === 1)
      const running = fairClock()
      const cancelled = await fetch(harness.origin + links.self, { method: 'DELETE' })
      assert.equal(cancelled.status, 202)
      await until('the connection is closed', () => closed)
      assert.ok(running() < 2_000)
      assert.equal((await answerOf(fetch(harness.origin + links.self))).status, 'cancelled')
      await until('nothing is left', async () => (await uploads()) === 0)
    })
  },
}
