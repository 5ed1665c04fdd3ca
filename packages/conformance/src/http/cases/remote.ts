// Cases of the HTTP suite: a file that is fetched from its URL, in every form.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { answerOf, assertProblem, ended, type HttpCases, sendJson, usersCsv } from '../harness.ts'
import { files, fromUrl, giving, line, outcome } from '../remote-fixture.ts'
import type { Respond } from '../remote-names.ts'

export const remoteCases: HttpCases = {
  'a file is fetched by the job, and its status shows the progress of the transfer': async harness => {
    await files(harness, giving(usersCsv(5)), async (url, server) => {
      const response = await fromUrl(harness, url('/download?id=1'), {
        format: 'csv',
        metadata: { from: 'there' },
      })
      const { job_id, created_at, ...rest } = await answerOf(response.clone())
      const self = `${harness.mount}/v1/imports/${job_id}`
      const links = { self, errors: `${self}/errors` }
      assert.deepEqual(rest, { status: 'pending', resource: 'users', format: 'csv', links })
      assert.match(created_at, /Z$/)
      assert.equal(response.headers.get('location'), self)
      const job = await ended(harness, response)
      assert.deepEqual([job.status, job.format, job.metadata], ['completed', 'csv', { from: 'there' }])
      assert.equal(job.progress.inserted_records, 5)
      assert.equal(job.progress.total_bytes, job.progress.processed_bytes)
      assert.equal(job.progress.total_bytes, job.progress.fetched_bytes)
      assert.deepEqual(
        server.requests.map(({ method, url: path }) => [method, path]),
        [['GET', '/download?id=1']],
      )
    })
  },

  'the format is the declared one, else that of the name, of the content type, of the first bytes':
    async harness => {
      const formatOf = async (
        path: string,
        body: string,
        headers: Record<string, string> = {},
        options = {},
      ) => {
        let found: unknown
        await files(harness, giving(body, headers), async url => {
          found = await outcome(harness, url(path), options)
        })
        return found
      }
      const csv = { 'content-type': 'text/csv; charset=utf-8' }
      const done = (format: string) => ['completed', null, format, 1]
      assert.deepEqual(
        await formatOf('/users.csv', usersCsv(1), { 'content-type': 'application/json' }),
        done('csv'),
      )
      assert.deepEqual(await formatOf('/a.b/USERS.JSONL?x=.csv', line(), csv), done('ndjson'))
      assert.deepEqual(await formatOf('/users', usersCsv(1), csv), done('csv'))
      assert.deepEqual(await formatOf('/users.json', line()), done('ndjson'))
      assert.deepEqual(await formatOf('/users.json', `[${line()}]`), done('json'))
      assert.deepEqual(await formatOf('/', `\n ${line()}`, { 'content-type': 'text/plain' }), done('ndjson'))
      assert.deepEqual(await formatOf('/users.ndjson', usersCsv(1), {}, { format: 'csv' }), done('csv'))
      assert.deepEqual(await formatOf('/users', usersCsv(1)), ['failed', 'FORMAT_UNSUPPORTED', 'unknown', 0])
      assert.deepEqual(await formatOf('/users', ''), ['failed', 'FILE_EMPTY', 'unknown', 0])
    },

  'a redirect is followed, and its name may show the format': async harness => {
    const respond: Respond = (request, response) =>
      request.url === '/latest'
        ? response.writeHead(302, { location: 'users.csv' }).end()
        : response.end(usersCsv(2))
    await files(harness, respond, async url => {
      assert.deepEqual(await outcome(harness, url('/latest')), ['completed', null, 'csv', 2])
    })
  },

  'one compression is decoded, by name or by coding; a double one, and a bomb, are rejected':
    async harness => {
      const once = () => gzipSync(usersCsv(3))
      const gzip = { 'content-encoding': 'gzip' }
      for (const [path, body, headers] of [
        ['/users.csv.gz', once(), {}],
        ['/users.csv.gz', once(), { 'content-type': 'application/gzip' }],
        ['/users.csv', once(), gzip],
        ['/users.csv.gz', once(), gzip],
        ['/users', gzipSync(line() + line() + line()), gzip],
      ] as const) {
        await files(harness, giving(body, headers), async url => {
          const [status, , , inserted] = await outcome(harness, url(path))
          assert.deepEqual([status, inserted], ['completed', 3], path)
        })
      }
      const faulty = async (path: string, body: Uint8Array, headers: Record<string, string> = {}) => {
        let code: unknown
        await files(harness, giving(body, headers), async url => {
          code = (await outcome(harness, url(path)))[1]
        })
        return code
      }
      assert.equal(await faulty('/users.csv.gz', gzipSync(once())), 'FORMAT_UNSUPPORTED')
      assert.equal(await faulty('/users.csv.gz', gzipSync(once()), gzip), 'FORMAT_UNSUPPORTED')
      assert.equal(await faulty('/users.csv', once()), 'FORMAT_UNSUPPORTED')
      const bomb = gzipSync(Buffer.alloc(20_000_000, '\n'), { level: 9 })
      assert.equal(await faulty('/users.ndjson.gz', bomb), 'COMPRESSION_INVALID')
      assert.equal(
        await faulty('/users.csv', once(), { 'content-encoding': 'gzip, gzip' }),
        'SOURCE_UNAVAILABLE',
      )
    },

  'the same key and the same URL get the same answer, another URL is another request': async harness => {
    await files(harness, giving(`[${line()}]`), async (url, { requests }) => {
      const key = randomUUID()
      const send = (path: string, options = {}) => {
        const headers = { 'content-type': 'application/json', 'idempotency-key': key }
        const body = JSON.stringify({ resource: 'users', file_url: url(path), ...options })
        return fetch(`${harness.base}/v1/imports`, { method: 'POST', headers, body })
      }
      const first = await send('/users.json?signature=1')
      const said = await first.clone().text()
      assert.equal((await ended(harness, first)).format, 'json')
      const second = await send('/users.json?signature=1')
      assert.equal(await second.text(), said)
      assert.equal(second.headers.get('idempotency-replayed'), 'true')
      await assertProblem(await send('/users.json?signature=2'), 422, 'IDEMPOTENCY_KEY_REUSED')
      await assertProblem(
        await send('/users.json?signature=1', { dry_run: true }),
        422,
        'IDEMPOTENCY_KEY_REUSED',
      )
      assert.equal(requests.length, 1)
    })
  },

  'no answer contains a secret of the URL': async harness => {
    const secret = 'dont-tell-anybody'
    const said: string[] = []
    const get = async (path: string) => said.push(await (await fetch(harness.base + path)).text())
    const faults: unknown[] = []
    const heard = await harness.serve({ onFault: error => faults.push(error) })
    for (const respond of [
      giving(usersCsv(1)),
      giving('', {}, 403),
      giving('<html>'),
      giving('email\nx\n'),
    ]) {
      await files(harness, respond, async url => {
        const response = await fromUrl(heard, url(`/${secret}/users.csv?X-Amz-Signature=${secret}#${secret}`))
        said.push(await response.clone().text(), JSON.stringify([...response.headers]))
        const job = await ended(heard, response)
        for (const path of ['', '/errors', '/rejects']) await get(`/v1/imports/${job.job_id}${path}`)
      })
    }
    for (const path of ['/v1/imports?limit=10', '/metrics']) await get(path)
    for (const url of [
      `http://127.0.0.1/?${secret}`,
      `http://${secret}:${secret}@example.org/`,
      `http://[${secret}`,
    ]) {
      said.push(await (await fromUrl(heard, url)).text())
    }
    const body = { resource: 'users', file_url: { secret } }
    said.push(await (await sendJson(heard, '/v1/imports', body)).text())
    assert.ok(said.length > 20)
    assert.deepEqual(
      said.filter(text => text.includes(secret)),
      [],
    )
    assert.deepEqual(faults, [])
  },
}
