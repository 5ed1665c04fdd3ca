// Cases of the HTTP suite: a body that is not the one that its digest describes becomes no job.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import {
  assertProblem,
  boundary,
  field,
  file,
  formBody,
  type HttpCases,
  type HttpHarness,
  leavesNothing,
  usersCsv,
} from '../harness.ts'

const csv = Buffer.from(usersCsv(3))
const gzip = gzipSync(csv)
const form = Buffer.from(formBody([field('resource', 'users'), file(usersCsv(3))]))
const url = Buffer.from('{"resource":"users","file_url":"https://nowhere.example.org/users.csv"}')

const bodies: readonly (readonly [string, Buffer, string, Record<string, string>])[] = [
  ['a raw body', csv, '?resource=users', { 'content-type': 'text/csv' }],
  ['a compressed body', gzip, '?resource=users', { 'content-type': 'text/csv', 'content-encoding': 'gzip' }],
  ['a form', form, '', { 'content-type': `multipart/form-data; boundary=${boundary}` }],
  ['an address', url, '', { 'content-type': 'application/json' }],
]

const base64 = (algorithm: string, body: Buffer) => createHash(algorithm).update(body).digest('base64')

/** Every way to say it. */
const said = (body: Buffer): readonly Record<string, string>[] => [
  { 'content-digest': `sha-256=:${base64('sha256', body)}:` },
  { 'content-digest': `unixsum=:AAA=:, sha-512=:${base64('sha512', body)}:` },
  { 'repr-digest': `sha-256=:${base64('sha256', body)}:` },
  { digest: `SHA-256=${base64('sha256', body)}` },
  { 'content-md5': base64('md5', body) },
]

const send = (harness: HttpHarness, query: string, body: Buffer, headers: Record<string, string>) =>
  fetch(`${harness.base}/v1/imports${query}`, { method: 'POST', headers, body: new Uint8Array(body) })

export const digestCases: HttpCases = {
  'a body that matches its digest is accepted, whichever header declares it': async harness => {
    for (const [what, body, query, headers] of bodies) {
      for (const digest of body === csv ? said(body) : said(body).slice(0, 1)) {
        const response = await send(harness, query, body, { ...headers, ...digest })
        assert.equal(response.status, 202, `${what}, ${JSON.stringify(digest)}: ${await response.text()}`)
      }
    }
  },

  'a body that does not match its digest is rejected, and leaves nothing': async harness => {
    // A body parser of the host may have read JSON: then there is nothing left to compare.
    for (const [what, body, query, headers] of bodies.filter(([, sent]) => sent !== url)) {
      const other = said(Buffer.concat([body, Buffer.from('x')]))
      for (const digest of body === csv ? other : other.slice(0, 1)) {
        await leavesNothing(harness, async () => {
          const response = await send(harness, query, body, { ...headers, ...digest })
          const detail = await assertProblem(response, 400, 'BODY_INVALID')
          assert.match(detail, /^The body is not the one that its [A-Za-z0-9-]+ describes/, what)
        })
      }
    }
  },

  'a malformed digest is rejected; one of an unknown algorithm is ignored': async harness => {
    const headers = { 'content-type': 'text/csv' }
    for (const digest of [
      { 'content-digest': 'sha-256=abc' },
      { 'content-digest': 'sha-256=:abc:' },
      { 'repr-digest': `sha-512=:${base64('sha256', csv)}:` },
      { digest: 'sha-256=?' },
      { 'content-md5': 'x' },
    ]) {
      await leavesNothing(harness, async () => {
        const response = await send(harness, '?resource=users', csv, { ...headers, ...digest })
        assert.match(await assertProblem(response, 400, 'BODY_INVALID'), /correct it, or leave it out/)
      })
    }
    const unknown = { 'content-digest': 'unixsum=:AAA=:, crc32c=:AAAA:' }
    assert.equal((await send(harness, '?resource=users', csv, { ...headers, ...unknown })).status, 202)
  },
}
