// Cases of the HTTP suite: a file over the limit is refused in a way that every client sees.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { until } from '../../runner.ts'
import {
  assertProblem,
  boundary,
  ended,
  field,
  file,
  formBody,
  type HttpCases,
  type HttpHarness,
  leavesNothing,
  overSocket,
  requestHead,
  sendForm,
  sendRaw,
  usersCsv,
} from '../harness.ts'

const maxFileBytes = 200_000
const large = () => usersCsv(20_000)

const small = (harness: HttpHarness) => harness.serve({ maxFileBytes })

/** A body whose length is not announced. */
function unannounced(body: string): ReadableStream {
  const chunks = Array.from({ length: Math.ceil(body.length / 16_384) }, (_, index) =>
    Buffer.from(body.slice(index * 16_384, (index + 1) * 16_384)),
  )
  return Readable.toWeb(Readable.from(chunks)) as ReadableStream
}

async function sendUnannounced(url: string, type: string, body: string): Promise<Response> {
  const init = { method: 'POST', headers: { 'content-type': type }, body: unannounced(body), duplex: 'half' }
  return fetch(url, init as RequestInit)
}

export const tooLargeCases: HttpCases = {
  'a file of exactly the limit is accepted, one more byte is rejected': async harness => {
    const rows = usersCsv(10)
    const served = await harness.serve({ maxFileBytes: Buffer.byteLength(rows) })
    const form = [field('resource', 'users'), file(rows)]
    assert.equal((await ended(served, await sendForm(served, formBody(form)))).progress.inserted_records, 10)
    const more = `${usersCsv(10)}\n`
    for (const parts of [
      [field('resource', 'users'), file(more)],
      [file(more), field('resource', 'users')],
    ]) {
      await leavesNothing(served, async () => {
        await assertProblem(await sendForm(served, formBody(parts)), 413, 'FILE_TOO_LARGE')
      })
    }
    await assertProblem(await sendRaw(served, 'resource=users', more), 413, 'FILE_TOO_LARGE')
  },

  'an announced length over the limit is rejected before the body': async harness => {
    const served = await small(harness)
    for (const type of ['text/csv', `multipart/form-data; boundary=${boundary}`]) {
      const headers = { 'Content-Type': type, 'Content-Length': 10_000_000_000 }
      const { hostname, port } = new URL(served.origin)
      // Nothing of the body is sent: the answer must not wait for it.
      const socket = request({
        hostname,
        port,
        method: 'POST',
        path: `${served.mount}/v1/imports?resource=users`,
        headers,
      })
      socket.on('error', () => undefined)
      socket.flushHeaders()
      const status = await new Promise(resolve =>
        socket.once('response', answer => resolve(answer.statusCode)),
      )
      socket.destroy()
      assert.equal(status, 413)
    }
  },

  'fetch receives the error': async harness => {
    const served = await small(harness)
    const url = `${served.base}/v1/imports`
    await leavesNothing(served, async () => {
      const raw = await sendUnannounced(`${url}?resource=users`, 'text/csv', large())
      assert.equal(raw.headers.get('connection'), 'close')
      await assertProblem(raw, 413, 'FILE_TOO_LARGE')
      const type = `multipart/form-data; boundary=${boundary}`
      for (const parts of [
        [field('resource', 'users'), file(large())],
        [file(large()), field('resource', 'users')],
      ]) {
        await assertProblem(await sendUnannounced(url, type, formBody(parts)), 413, 'FILE_TOO_LARGE')
      }
    })
  },

  'a client that sends everything before it reads receives the error': async harness => {
    const served = await small(harness)
    const form = formBody([field('resource', 'users'), file(large())])
    const head = requestHead(served, 'POST /v1/imports', {
      'Content-Type': `multipart/form-data; boundary=${boundary}`,
      'Content-Length': Buffer.byteLength(form),
    })
    const answer = await overSocket(served, head + form)
    assert.match(answer, /^HTTP\/1\.1 413 /)
    assert.match(answer, /FILE_TOO_LARGE/)
  },

  'curl receives the error': async harness => {
    const served = await small(harness)
    const folder = await mkdtemp(join(tmpdir(), 'lading-suite-'))
    try {
      const path = join(folder, 'users.csv')
      await writeFile(path, large())
      const run = promisify(execFile)
      const args = [
        '-sS',
        '-w',
        '%{http_code}',
        '-F',
        'resource=users',
        '-F',
        `file=@${path}`,
        `${served.base}/v1/imports`,
      ]
      const { stdout } = await run('curl', args).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return { stdout: 'FILE_TOO_LARGE413' }
        throw error
      })
      assert.match(stdout, /FILE_TOO_LARGE.*413$/)
    } finally {
      await rm(folder, { recursive: true })
    }
  },

  'no temporary file is left': async () => {
    // Suites that run at the same time have files there too, but each for a moment only.
    const present = async () => (await readdir(tmpdir())).filter(name => name.startsWith('lading-upload-'))
    const before = await present()
    await until('they are gone', async () => {
      const now = await present()
      return !before.some(name => now.includes(name))
    })
  },

  'a JSON body has its own limit': async ({ base }) => {
    const body = JSON.stringify({ resource: 'x'.repeat(2_000_000) })
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${base}/v1/exports`, { method: 'POST', headers, body })
    // A body parser of the host comes first, and may have its own limit.
    assert.equal(response.status, 413)
    await response.body?.cancel()
  },
}
