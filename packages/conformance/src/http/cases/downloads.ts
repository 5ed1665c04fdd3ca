// Cases of the HTTP suite: files of exports, whole and in parts, under any name and for their time.
import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { LadingError } from '@lading/core'
import {
  answerOf,
  assertProblem,
  ended,
  type HttpCases,
  type HttpHarness,
  overSocket,
  requestHead,
  sendJson,
  sendRaw,
  usersCsv,
} from '../harness.ts'

interface Made {
  readonly url: string
  readonly id: string
  /** The content of the file, as the fixture imported it. */
  readonly emails: readonly string[]
  readonly bytes: Buffer
  readonly etag: string
}

/** An export of a few users, and its file. */
async function made(harness: HttpHarness, asked: object = {}, count = 3): Promise<Made> {
  const name = randomUUID()
  await ended(
    harness,
    await sendRaw(harness, 'resource=users', usersCsv(count, name).replaceAll(/User \d+/g, name)),
  )
  const emails = Array.from({ length: count }, (_, index) => `${index}-${name}@example.org`)
  const body = {
    resource: 'users',
    format: 'csv',
    filters: { name },
    sort: 'email',
    fields: ['email'],
    ...asked,
  }
  const { job_id: id, download_url } = await ended(harness, await sendJson(harness, '/v1/exports', body))
  const url = harness.origin + download_url
  const response = await fetch(url)
  const bytes = Buffer.from(await response.arrayBuffer())
  return { url, id, emails, bytes, etag: response.headers.get('etag') ?? '' }
}

const textOf = (emails: readonly string[]) => ['email', ...emails, ''].join('\n')

const ask = (url: string, headers: Readonly<Record<string, string>>, method = 'GET') =>
  fetch(url, { headers, method })

export const downloadCases: HttpCases = {
  'a part of a file is sent as a part': async harness => {
    const { url, emails, bytes } = await made(harness)
    const text = textOf(emails)
    assert.equal(bytes.toString(), text)
    const digest = createHash('sha256').update(text).digest('base64')
    const size = Buffer.byteLength(text)
    for (const [range, start, end] of [
      ['bytes=0-4', 0, 5],
      ['bytes=6-', 6, size],
      ['bytes=-10', size - 10, size],
      [`bytes=3-${size + 100}`, 3, size],
      [`bytes=${size - 1}-${size - 1}`, size - 1, size],
    ] as const) {
      const response = await ask(url, { range })
      assert.equal(response.status, 206, range)
      assert.equal(await response.text(), text.slice(start, end), range)
      assert.equal(response.headers.get('content-range'), `bytes ${start}-${end - 1}/${size}`)
      assert.equal(response.headers.get('content-length'), String(end - start))
      assert.equal(response.headers.get('content-type'), 'text/csv; charset=utf-8')
      // Of the whole file.
      assert.equal(response.headers.get('repr-digest'), `sha-256=:${digest}:`)
    }
  },

  'the parts of a file, joined, are the file': async harness => {
    const { url, bytes, etag } = await made(harness, {}, 200)
    const parts: Buffer[] = []
    const step = 1_000
    for (let start = 0; start < bytes.length; start += step) {
      const headers = { range: `bytes=${start}-${start + step - 1}`, 'if-range': etag }
      const response = await ask(url, headers)
      assert.equal(response.status, 206)
      parts.push(Buffer.from(await response.arrayBuffer()))
    }
    assert.ok(parts.length > 5)
    assert.deepEqual(Buffer.concat(parts), bytes)
  },

  'an invalid range, or several, is answered with the whole file': async harness => {
    const { url, emails } = await made(harness)
    for (const range of ['bytes=0-1,3-4', 'bytes=5-2', 'rows=0-1', 'bytes=a-b', 'bytes=-', 'nonsense']) {
      const response = await ask(url, { range })
      assert.deepEqual([response.status, await response.text()], [200, textOf(emails)], range)
      assert.equal(response.headers.get('content-range'), null)
      assert.equal(response.headers.get('accept-ranges'), 'bytes')
    }
  },

  'a range past the end is rejected with the size': async harness => {
    const { url, bytes } = await made(harness)
    for (const range of [`bytes=${bytes.length}-`, 'bytes=99999999999999999999-', 'bytes=-0']) {
      const response = await ask(url, { range })
      assert.equal(response.headers.get('content-range'), `bytes */${bytes.length}`)
      await assertProblem(response, 416, 'RANGE_INVALID')
    }
  },

  'a part is sent only to a client that holds the same version of the file': async harness => {
    const { url, bytes, etag } = await made(harness)
    const statusFor = async (ifRange: string) => {
      const response = await ask(url, { range: 'bytes=0-4', 'if-range': ifRange })
      return [response.status, (await response.arrayBuffer()).byteLength]
    }
    assert.deepEqual(await statusFor(etag), [206, 5])
    for (const other of [`W/${etag}`, '"another"', 'Sun, 06 Nov 1994 08:49:37 GMT']) {
      assert.deepEqual(await statusFor(other), [200, bytes.length], other)
    }
    // A file that is another one has no such end either.
    const late = await ask(url, { range: 'bytes=99999-', 'if-range': '"another"' })
    assert.equal(late.status, 200)
    await late.arrayBuffer()
  },

  'a file that the client already has is not sent again': async harness => {
    const { url, etag } = await made(harness)
    assert.match(etag, /^"[0-9a-f]{64}"$/)
    for (const given of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      for (const more of [{}, { range: 'bytes=0-4', 'if-range': etag }]) {
        const response = await ask(url, { 'if-none-match': given, ...more })
        assert.deepEqual([response.status, await response.text()], [304, ''], given)
        assert.equal(response.headers.get('etag'), etag)
        assert.equal(response.headers.get('cache-control'), 'private, no-cache')
      }
    }
    const changed = await ask(url, { 'if-none-match': '"other"' })
    assert.equal(changed.status, 200)
    await changed.arrayBuffer()
  },

  'HEAD has the headers of the whole file, and no body': async harness => {
    const { url, bytes } = await made(harness)
    const facts = (response: Response) =>
      [
        'content-type',
        'content-length',
        'content-disposition',
        'etag',
        'repr-digest',
        'accept-ranges',
        'cache-control',
        'x-content-type-options',
      ].map(name => [name, response.headers.get(name)])
    const got = await ask(url, {})
    await got.arrayBuffer()
    // A range of a HEAD means nothing.
    const head = await ask(url, { range: 'bytes=0-4' }, 'HEAD')
    assert.deepEqual([head.status, facts(head)], [200, facts(got)])
    const line = `HEAD ${new URL(url).pathname.slice(harness.mount.length)}`
    const raw = await overSocket(harness, requestHead(harness, line, { Connection: 'close' }))
    assert.ok(raw.endsWith('\r\n\r\n'), raw)
    assert.match(raw, new RegExp(`content-length: ${bytes.length}\\r\\n`, 'i'))
  },

  'a compressed file is sent as it is, without a content encoding': async harness => {
    const { url, emails, bytes } = await made(harness, { compression: 'gzip' })
    assert.equal(gunzipSync(bytes).toString(), textOf(emails))
    const response = await ask(url, { 'accept-encoding': 'gzip' })
    await response.arrayBuffer()
    assert.equal(response.headers.get('content-type'), 'application/gzip')
    assert.equal(response.headers.get('content-encoding'), null)
    assert.match(response.headers.get('content-disposition') ?? '', /filename="users-[\d-]{10}\.csv\.gz"$/)
  },

  'a file may have any name, in any script, and a harmful name is made harmless': async harness => {
    const nameOf = async (filename: string) => {
      const { url, id } = await made(harness, { filename })
      const { file_name } = await answerOf(fetch(`${harness.base}/v1/exports/${id}`))
      const head = await ask(url, {}, 'HEAD')
      return [file_name, head.headers.get('content-disposition')]
    }
    assert.deepEqual(await nameOf('all users'), ['all users.csv', 'attachment; filename="all users.csv"'])
    assert.deepEqual(await nameOf('отчёт.csv'), [
      'отчёт.csv',
      "attachment; filename=_.csv; filename*=UTF-8''%D0%BE%D1%82%D1%87%D1%91%D1%82.csv",
    ])
    assert.deepEqual(await nameOf('../../etc/pass"wd\r\nX-Evil: 1'), [
      'pass-wdX-Evil- 1.csv',
      'attachment; filename="pass-wdX-Evil- 1.csv"',
    ])
    assert.deepEqual(await nameOf('\u202Evsc.exe'), ['vsc.exe.csv', 'attachment; filename="vsc.exe.csv"'])
    for (const filename of ['', '..', '/', 7, ['a']]) {
      const refused = await sendJson(harness, '/v1/exports', { resource: 'users', filename })
      await assertProblem(refused, 400, 'OPTION_INVALID')
    }
  },

  'a file that is deleted between two requests is gone, not broken': async harness => {
    const { id, etag } = await made(harness)
    const { jobs } = harness.service
    const download = async () => undefined
    const { base } = await harness.serve({ jobs: { ...jobs, download } })
    const url = `${base}/v1/exports/${id}/download`
    await assertProblem(await fetch(url), 410, 'FILE_EXPIRED')
    const head = await ask(url, {}, 'HEAD')
    assert.deepEqual([head.status, head.headers.get('etag')], [410, null])
    const broken = await harness.serve({
      jobs: {
        ...jobs,
        download: () => Promise.reject(new LadingError('STORAGE_FULL', 'No.')),
      },
    })
    await assertProblem(await fetch(`${broken.base}/v1/exports/${id}/download`), 507, 'STORAGE_FULL')
    assert.equal(
      (await ask(`${broken.base}/v1/exports/${id}/download`, { 'if-none-match': etag })).status,
      304,
    )
  },

  'a file that is deleted before it expires is gone for every method': async harness => {
    const { url, id } = await made(harness)
    const deleted = await fetch(`${harness.base}/v1/exports/${id}`, { method: 'DELETE' })
    assert.equal(deleted.status, 204)
    await assertProblem(await fetch(url), 410, 'FILE_EXPIRED')
    assert.equal((await ask(url, {}, 'HEAD')).status, 410)
    await assertProblem(await ask(url, { range: 'bytes=0-1' }), 410, 'FILE_EXPIRED')
    assert.deepEqual(
      (await harness.service.files()).filter(key => key.includes(id)),
      [],
    )
  },
}
