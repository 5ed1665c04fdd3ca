// Cases of the HTTP suite: in which shape an export comes, compressed or not, and what its headers say.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { get, type IncomingHttpHeaders } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { ended, type HttpCases, type HttpHarness, overSocket, requestHead, sendRaw } from '../harness.ts'

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** The bytes as they are on the wire: `fetch` would ask for compression and decompress it. */
function ask(harness: HttpHarness, query: string, accepted?: string, method = 'GET'): Promise<Answer> {
  const headers = accepted === undefined ? {} : { 'accept-encoding': accepted }
  return new Promise((resolve, reject) => {
    const request = get(
      `${harness.base}/v1/exports?${query}`,
      { headers, method, agent: false },
      async answer => {
        const parts: Buffer[] = []
        for await (const part of answer) parts.push(part)
        resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) })
      },
    )
    request.on('error', reject).end()
  })
}

/** One user; the query that finds him, and his lines in CSV. */
async function oneUser(harness: HttpHarness): Promise<string> {
  const name = `=cmd|${randomUUID()}`
  const line = `x-${randomUUID()}@example.org,"${name}",admin,true\n`
  await ended(harness, await sendRaw(harness, 'resource=users', `email,name,role,active\n${line}`))
  return `resource=users&fields=name,role,active&name=${encodeURIComponent(name)}`
}

export const encodingCases: HttpCases = {
  'an export is compressed for clients that accept it, and has the same content': async harness => {
    const query = await oneUser(harness)
    const plain = await ask(harness, query)
    assert.equal(plain.headers['content-encoding'], undefined)
    assert.match(plain.body.toString(), /^\{"name":"=cmd\|/)
    for (const accepted of ['gzip', 'gzip, deflate, br', 'br;q=1, gzip;q=0.1', '*', 'x-gzip']) {
      const { headers, body } = await ask(harness, query, accepted)
      assert.equal(headers['content-encoding'], 'gzip', accepted)
      assert.equal(headers['content-type'], 'application/x-ndjson')
      assert.match(headers['content-disposition'] ?? '', /\.ndjson"$/)
      assert.equal(headers['content-length'], undefined)
      assert.deepEqual(gunzipSync(body), plain.body)
    }
    for (const accepted of ['identity', 'br', 'gzip;q=0', 'gzip;q=0.5, identity', '']) {
      const { headers, body } = await ask(harness, query, accepted)
      assert.equal(headers['content-encoding'], undefined, accepted)
      assert.deepEqual(body, plain.body, accepted)
    }
    assert.equal(await (await fetch(`${harness.base}/v1/exports?${query}`)).text(), plain.body.toString())
  },

  'Vary tells caches that the answer depends on Accept-Encoding, for either coding': async harness => {
    const query = await oneUser(harness)
    for (const accepted of [undefined, 'gzip', 'identity']) {
      for (const method of ['GET', 'HEAD']) {
        const { headers } = await ask(harness, query, accepted, method)
        assert.match(headers.vary ?? '', /\baccept-encoding\b/i, `${method} ${accepted}`)
      }
    }
  },

  'a file that is requested as gzip has no content encoding': async harness => {
    const query = await oneUser(harness)
    const plain = await ask(harness, `${query}&format=csv`)
    for (const accepted of [undefined, 'gzip']) {
      const { headers, body } = await ask(harness, `${query}&format=csv&compression=gzip`, accepted)
      assert.equal(headers['content-type'], 'application/gzip')
      assert.equal(headers['content-encoding'], undefined)
      assert.match(
        headers['content-disposition'] ?? '',
        /^attachment; filename="users-\d{4}-\d\d-\d\d\.csv\.gz"$/,
      )
      assert.deepEqual(gunzipSync(body), plain.body)
    }
    const json = await ask(harness, `${query}&format=json&compression=gzip`)
    assert.match(json.headers['content-disposition'] ?? '', /\.json\.gz"$/)
  },

  'HEAD has the headers of GET': async harness => {
    const query = await oneUser(harness)
    for (const more of ['', '&format=csv', '&compression=gzip', '&format=json']) {
      for (const accepted of [undefined, 'gzip']) {
        const wanted = (await ask(harness, query + more, accepted)).headers
        const { status, headers, body } = await ask(harness, query + more, accepted, 'HEAD')
        assert.equal(status, 200)
        assert.equal(body.length, 0)
        for (const name of [
          'content-type',
          'content-encoding',
          'content-disposition',
          'vary',
          'cache-control',
        ]) {
          assert.equal(headers[name], wanted[name], `${name} of ${more} for ${accepted}`)
        }
      }
    }
  },

  'CSV for Excel has a byte order mark, CRLF, and a guard before formulas': async harness => {
    const query = await oneUser(harness)
    const { headers, body } = await ask(harness, `${query}&format=csv&excel=true`)
    assert.equal(headers['content-type'], 'text/csv; charset=utf-8')
    assert.match(body.toString(), /^\ufeffname,role,active\r\n'=cmd\|[0-9a-f-]{36},admin,true\r\n$/)
    const answer = await sendRaw(
      harness,
      'resource=users&excel=true&dry_run=true',
      body
        .toString()
        .replace('name,role', 'name,role')
        .replace('\r\n', ',email\r\n')
        .replace(/true\r\n$/, 'true,y@example.org\r\n'),
    )
    assert.equal((await ended(harness, answer)).progress.successful_records, 1)
  },

  'CSV can be sent without a header, and with another delimiter': async harness => {
    const query = await oneUser(harness)
    const without = await ask(harness, `${query}&format=csv&header=false`)
    assert.match(without.body.toString(), /^=cmd\|[0-9a-f-]{36},admin,true\n$/)
    const tabs = await ask(harness, `${query}&format=csv&delimiter=tab`)
    assert.match(tabs.body.toString(), /^name\trole\tactive\n=cmd\|[0-9a-f-]{36}\tadmin\ttrue\n$/)
  },

  'an empty result is an empty file of its format, compressed too': async harness => {
    const none = `resource=users&fields=id,role&name=${randomUUID()}`
    const files = {
      '&format=csv': 'id,role\n',
      '&format=csv&header=false': '',
      '&format=csv&excel=true': '\ufeffid,role\r\n',
      '&format=csv&excel=true&header=false': '',
      '&format=ndjson': '',
      '&format=json': '[]',
    }
    for (const [more, file] of Object.entries(files)) {
      assert.equal((await ask(harness, none + more)).body.toString(), file, more)
      const packed = await ask(harness, none + more, 'gzip')
      assert.equal(packed.headers['content-encoding'], 'gzip')
      assert.equal(gunzipSync(packed.body).toString(), file, more)
    }
  },

  'HEAD and OPTIONS take no connection': async harness => {
    const { brittle } = harness.service
    await brittle.prepare()
    const served = await harness.serve(brittle)
    assert.equal((await ask(served, 'resource=whole_lines&limit=1')).status, 200)
    const before = brittle.connections()
    assert.ok(before > 0, 'the pool does not count')
    assert.equal((await ask(served, 'resource=whole_lines&format=csv', 'gzip', 'HEAD')).status, 200)
    assert.equal((await ask(served, 'resource=whole_lines&fields=nothing', undefined, 'HEAD')).status, 400)
    const options = requestHead(served, 'OPTIONS /v1/exports?resource=whole_lines', { Connection: 'close' })
    assert.match(await overSocket(served, options), /^HTTP\/1\.1 204 [\s\S]*\r\nAllow: GET, HEAD, POST\r\n/i)
    assert.equal(brittle.connections(), before)
  },
}
