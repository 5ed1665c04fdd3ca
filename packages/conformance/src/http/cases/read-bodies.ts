// Cases of the HTTP suite: a body that middleware of the host has read before is refused by its name, or used, and nothing hangs.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { buffer, text } from 'node:stream/consumers'
import { gunzipSync, gzipSync } from 'node:zlib'
import {
  assertProblem,
  type Before,
  ended,
  field,
  file,
  formBody,
  type HttpCases,
  type HttpHarness,
  leavesNothing,
  sendForm,
  sendJson,
  sendRaw,
  usersCsv,
} from '../harness.ts'

/** Of POST only, as middleware does that leaves requests without a body alone. */
const ofPosts =
  (read: Before): Before =>
  request =>
    request.method === 'POST' ? read(request) : undefined

/** What well-known middleware leaves, after it has read all there is. */
const readers: Readonly<Record<string, { readonly leaves: object; readonly called: RegExp }>> = {
  'multer.any()': {
    leaves: {
      body: Object.assign(Object.create(null), { resource: 'users' }),
      files: [{ fieldname: 'file', originalname: 'users.csv', buffer: Buffer.alloc(0) }],
    },
    called: /by multer, a parser of forms\./,
  },
  'multer.single()': {
    leaves: { body: Object.create(null), file: { fieldname: 'file', originalname: 'users.csv' } },
    called: /by multer, a parser of forms\./,
  },
  'multer.none()': {
    leaves: { body: Object.create(null) },
    called: /by a parser of forms, such as multer\./,
  },
  'express-fileupload': {
    leaves: { body: { resource: 'users' }, files: { file: { name: 'users.csv', mv: () => undefined } } },
    called: /by express-fileupload, a parser of forms\./,
  },
  formidable: {
    leaves: { files: { file: [{ filepath: '/tmp/x' }] } },
    called: /by formidable, a parser of forms\./,
  },
  'a parser of forms of the host': {
    leaves: { body: { resource: 'users' } },
    called: /by a body parser, such as /,
  },
  'a JSON parser that takes everything': { leaves: { body: [{ email: 'x' }] }, called: /by a JSON parser, / },
  'middleware that keeps nothing': { leaves: {}, called: /by middleware that kept nothing of it\./ },
}

const reading = (leaves: object): Before =>
  ofPosts(async request => {
    for await (const _ of request);
    Object.assign(request, leaves)
  })

async function refuses(response: Promise<Response>, called: RegExp): Promise<void> {
  const started = performance.now()
  const detail = await assertProblem(await response, 500, 'CONFIG_INVALID')
  assert.ok(performance.now() - started < 5_000)
  assert.match(detail, /^The body of the request was read before Lading's handler, by /)
  assert.match(detail, called)
  assert.match(detail, /Mount Lading before that middleware/)
}

const form = () => formBody([field('resource', 'users'), file(usersCsv(3))])

async function imports(harness: HttpHarness, response: Promise<Response>, count: number): Promise<void> {
  const job = await ended(harness, await response)
  assert.deepEqual([job.status, job.progress.inserted_records], ['completed', count])
}

export const readBodyCases: HttpCases = {
  'A24: a form or a raw body that was read before is rejected, naming the parser that read it':
    async harness => {
      for (const { leaves, called } of Object.values(readers)) {
        const served = await harness.serve({}, undefined, reading(leaves))
        await leavesNothing(served, async () => {
          await refuses(sendForm(served, form()), called)
          await refuses(sendRaw(served, 'resource=users', usersCsv(3)), called)
        })
        assert.equal((await fetch(`${served.base}/live`)).status, 200)
        await served.stop()
      }
    },

  'A24: a JSON body of which nothing is left is rejected too': async harness => {
    const served = await harness.serve({}, undefined, reading({}))
    const nothing = /by middleware that kept nothing of it\./
    await refuses(sendJson(served, '/v1/exports', { resource: 'users' }), nothing)
    await refuses(
      sendJson(served, '/v1/imports', { resource: 'users', file_url: 'https://x.example.org/a' }),
      nothing,
    )
  },

  'A24: JSON that was parsed into an object is used': async harness => {
    const served = await harness.serve({}, undefined, reading({ body: { resource: 'users', limit: 1 } }))
    await ended(served, await sendJson(served, '/v1/exports', {}))
  },

  'A24: a body that was partly read, or is being read, is rejected': async harness => {
    const partly: readonly Before[] = [
      async request => void (await once(request, 'data')),
      async request => {
        for await (const _ of request) break
      },
      async request => {
        request.resume()
        await once(request, 'end')
      },
    ]
    for (const read of partly) {
      const served = await harness.serve({}, undefined, ofPosts(read))
      const raw = sendRaw(served, 'resource=users', usersCsv(2_000))
      // An aborted body closes its connection.
      await refuses(raw, /by middleware that kept nothing of it\./).catch(error => {
        if (read !== partly[1]) throw error
      })
      await served.stop()
    }
  },

  'A24: a listener that only observes consumes nothing': async harness => {
    let heard = 0
    const served = await harness.serve(
      {
        // As slow as an authorization may be.
        authorize: () => new Promise(resolve => setTimeout(resolve, 100, {})),
      },
      undefined,
      ofPosts(request => {
        request.on('data', chunk => {
          heard += chunk.length
        })
      }),
    )
    // More than a socket and a stream buffer together, so it comes in several chunks.
    const csv = usersCsv(2_500)
    await imports(harness, sendRaw(served, 'resource=users', csv), 2_500)
    assert.equal(heard, csv.length)
    await imports(harness, sendForm(served, form()), 3)
  },

  'A24: bytes and text that a parser has left are used as the body': async harness => {
    const asBytes = ofPosts(async request => void Object.assign(request, { body: await buffer(request) }))
    const asText = ofPosts(async request => void Object.assign(request, { body: await text(request) }))
    for (const read of [asBytes, asText]) {
      const served = await harness.serve({}, undefined, read)
      await imports(served, sendForm(served, form()), 3)
      await imports(served, sendRaw(served, 'resource=users', usersCsv(3).replaceAll('User', 'Zoë')), 3)
      await served.stop()
    }
    // Parsers decompress a body, and leave its headers unchanged.
    const inflating = ofPosts(async request => {
      Object.assign(request, { body: gunzipSync(await buffer(request)) })
    })
    const served = await harness.serve({}, undefined, inflating)
    const headers = { 'content-encoding': 'gzip', 'idempotency-key': randomUUID() }
    const body = gzipSync(usersCsv(3))
    const first = sendRaw(served, 'resource=users', body, 'text/csv', headers)
    await imports(served, first, 3)
    const again = await sendRaw(served, 'resource=users', body, 'text/csv', headers)
    assert.deepEqual([again.status, again.headers.get('idempotency-replayed')], [202, 'true'])
  },

  'A24: text that was decoded with loss is rejected; decoded text no longer has a charset': async harness => {
    const latin1 = Buffer.from(usersCsv(3).replaceAll('User', 'Zoë'), 'latin1')
    const asText = ofPosts(async request => void Object.assign(request, { body: await text(request) }))
    const lossy = await harness.serve({}, undefined, asText)
    const type = 'text/csv; charset=windows-1252'
    await leavesNothing(lossy, () =>
      refuses(sendRaw(lossy, 'resource=users', latin1, type), /by a text parser, such as express\.text\./),
    )
    const decoding = ofPosts(
      async request => void Object.assign(request, { body: (await buffer(request)).toString('latin1') }),
    )
    const decoded = await harness.serve({}, undefined, decoding)
    for (const query of ['resource=users', 'resource=users&encoding=windows-1252']) {
      const tag = randomUUID()
      const csv = Buffer.from(usersCsv(1, tag).replaceAll('User', 'Zoë'), 'latin1')
      await imports(decoded, sendRaw(decoded, query, csv, type), 1)
      const email = encodeURIComponent(`0-${tag}@example.org`)
      const found = await fetch(
        `${harness.base}/v1/exports?resource=users&format=ndjson&fields=name&email=${email}`,
      )
      assert.equal(await found.text(), '{"name":"Zoë 0"}\n')
    }
  },
}
