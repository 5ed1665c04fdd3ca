// Cases of the HTTP suite: uploads that are cut off, malformed or no file at all leave neither a job nor a file.
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
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

const formType = `multipart/form-data; boundary=${boundary}`

async function refuses(
  harness: HttpHarness,
  forms: readonly string[],
  status: number,
  code: string,
): Promise<void> {
  await leavesNothing(harness, async () => {
    for (const form of forms) await assertProblem(await sendForm(harness, form), status, code)
  })
}

const announced = (type: string) => ({ 'Content-Type': type, 'Content-Length': 10_000_000 })

/** Sends a part of what it announces, and goes away. */
async function goesAway(
  harness: HttpHarness,
  head: string,
  sent: string,
  manner: 'end' | 'reset',
): Promise<void> {
  const { hostname, port } = new URL(harness.origin)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  socket.write(head + sent)
  await delay(100)
  if (manner === 'reset') socket.resetAndDestroy()
  else socket.destroy()
}

export const uploadCases: HttpCases = {
  'a form without its final boundary': async harness => {
    const rows = usersCsv(50)
    const cut = [
      formBody([field('resource', 'users'), file(rows)], ''),
      formBody([file(rows), field('resource', 'users')], ''),
      formBody([field('resource', 'users'), file(rows)], '').slice(0, -10),
      formBody([field('resource', 'users'), file(rows), field('format', 'csv')], '').slice(0, -20),
      formBody([field('resource', 'users')], ''),
      `--${boundary}\r\nContent-Disposition: form-da`,
      'no form at all',
    ]
    await refuses(harness, cut, 400, 'BODY_INVALID')
  },

  'a form with two files, without a file, with a file under the wrong name': async harness => {
    const users = field('resource', 'users')
    const twice = [users, file(usersCsv(1)), file(usersCsv(1))]
    const misnamed = [users, { ...file(usersCsv(1)), name: 'upload' }]
    await refuses(
      harness,
      [formBody(twice), formBody(twice.toReversed()), formBody([users]), formBody(misnamed)],
      400,
      'BODY_INVALID',
    )
    await refuses(harness, [formBody([])], 400, 'BODY_INVALID')
  },

  'a form with too many or too long fields': async harness => {
    const many = Array.from({ length: 40 }, () => field('format', 'csv'))
    const long = field('mapping', 'x'.repeat(100_000))
    await refuses(
      harness,
      [formBody([...many, file(usersCsv(1))]), formBody([long, file(usersCsv(1))])],
      400,
      'BODY_INVALID',
    )
  },

  'a missing or overlong boundary': async harness => {
    for (const type of [
      'multipart/form-data',
      `multipart/form-data; boundary=${'b'.repeat(252)}`,
      'multipart/form-data; boundary=',
    ]) {
      const headers = { 'content-type': type }
      const started = performance.now()
      const response = await fetch(`${harness.base}/v1/imports`, {
        method: 'POST',
        headers,
        body: formBody([]),
      })
      await assertProblem(response, 400, 'BODY_INVALID')
      assert.ok(performance.now() - started < 1_000)
    }
  },

  'hostile part headers have no effect': async harness => {
    const hostile = [
      [202, { ...field('resource', 'users'), lines: '__proto__: x\r\n' }, file(usersCsv(1))],
      [415, field('resource', 'users'), file(usersCsv(1), 'x'.repeat(5000))],
      [400, field('resource', 'users'), { ...file(usersCsv(1)), lines: `X: ${'x'.repeat(20_000)}\r\n` }],
    ] as const
    for (const [status, ...parts] of hostile) {
      const response = await sendForm(harness, formBody(parts))
      const body = await response.text()
      assert.equal(response.status, status, body)
    }
    assert.equal((await fetch(`${harness.base}/live`)).status, 200)
  },

  'files that are empty, or not text': async harness => {
    await leavesNothing(harness, async () => {
      const png = '\u0089PNG\r\n\u001a\n'
      const bytes = Buffer.from(png, 'latin1')
      const headers = { 'content-type': 'text/csv' }
      const response = await fetch(`${harness.base}/v1/imports?resource=users`, {
        method: 'POST',
        headers,
        body: bytes,
      })
      await assertProblem(response, 415, 'FORMAT_UNSUPPORTED')
      await assertProblem(
        await sendForm(harness, formBody([field('resource', 'users'), file('')])),
        400,
        'FILE_EMPTY',
      )
      await assertProblem(
        await sendForm(harness, formBody([file(''), field('resource', 'users')])),
        400,
        'FILE_EMPTY',
      )
      await assertProblem(await sendRaw(harness, 'resource=users', ''), 400, 'BODY_INVALID')
    })
  },

  'unsupported content types and codings': async harness => {
    for (const type of ['image/png', 'application/x-www-form-urlencoded', 'text/plain']) {
      await assertProblem(
        await sendRaw(harness, 'resource=users', usersCsv(1), type),
        415,
        'MEDIA_TYPE_UNSUPPORTED',
      )
    }
    const send = (coding: string) => {
      const headers = { 'content-type': 'text/csv', 'content-encoding': coding }
      return fetch(`${harness.base}/v1/imports?resource=users`, {
        method: 'POST',
        headers,
        body: usersCsv(1),
      })
    }
    await assertProblem(await send('gzip, gzip'), 415, 'MEDIA_TYPE_UNSUPPORTED')
    await assertProblem(await send('br'), 415, 'MEDIA_TYPE_UNSUPPORTED')
    const form = formBody([field('resource', 'users'), file(usersCsv(1))])
    const headers = { 'content-type': formType, 'content-encoding': 'gzip' }
    const compressed = await fetch(`${harness.base}/v1/imports`, { method: 'POST', headers, body: form })
    await assertProblem(compressed, 415, 'MEDIA_TYPE_UNSUPPORTED')
    assert.equal((await ended(harness, await send('identity'))).status, 'completed')
    for (const path of ['/v1/imports', '/v1/exports']) {
      const headers = { 'content-type': 'application/json', 'content-encoding': 'klingon' }
      const body = '{"resource":"users","limit":1}'
      const response = await fetch(harness.base + path, { method: 'POST', headers, body })
      // A body parser of the host that comes first answers with its own message.
      assert.equal(response.status, 415, await response.text())
    }
  },

  'a chunked body is accepted too': async harness => {
    const rows = usersCsv(3)
    const chunk = (part: string) => `${Buffer.byteLength(part).toString(16)}\r\n${part}\r\n`
    const head = requestHead(harness, 'POST /v1/imports?resource=users', {
      'Content-Type': 'text/csv',
      'Transfer-Encoding': 'chunked',
      Connection: 'close',
    })
    const answer = await overSocket(
      harness,
      `${head}${chunk(rows.slice(0, 30))}${chunk(rows.slice(30))}0\r\n\r\n`,
    )
    assert.match(answer, /^HTTP\/1\.1 202 /)
  },

  'a client that disconnects during an upload': async harness => {
    const rows = usersCsv(2_000)
    const forms = [
      formBody([field('resource', 'users'), file(rows)], ''),
      formBody([file(rows), field('resource', 'users')], ''),
      formBody([field('resource', 'users')], ''),
      `--${boundary}\r\n`,
    ]
    await leavesNothing(harness, async () => {
      const raw = requestHead(harness, 'POST /v1/imports?resource=users', announced('text/csv'))
      const form = requestHead(harness, 'POST /v1/imports', announced(formType))
      const uploads = [...forms.map(sent => [form, sent] as const), [raw, rows] as const, [raw, ''] as const]
      await Promise.all(
        uploads.flatMap(([head, sent]) => [
          goesAway(harness, head, sent, 'end'),
          goesAway(harness, head, sent, 'reset'),
        ]),
      )
      await delay(200)
    })
    assert.equal(
      (await ended(harness, await sendRaw(harness, 'resource=users', usersCsv(1)))).status,
      'completed',
    )
  },
}
