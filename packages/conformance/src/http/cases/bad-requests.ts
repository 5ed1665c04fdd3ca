// Cases of the HTTP suite: requests that no client should send, by the numbers of the list of bad inputs.
//
// Cases of other files: H001 H005 H023 unread bodies · H004 H007 H016 H019 uploads · H008 too large · H010 forms ·
// H013 imports · H017 host · H020 H022 here and, as Node answers them, in the reference server's limits · H025 limits ·
// H028 H029 idempotency · H031 tenants · H035 life of jobs · H037 export jobs · H040 downloads · H041 H043 H044 hostile
// queries · H047 H049 truth in transit · H052 addresses of remote files. There is no key that is required (H026) and no
// token of a download (H038).
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { until } from '../../runner.ts'
import {
  answerOf,
  assertProblem,
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
  sendJson,
  sendRaw,
  usersCsv,
} from '../harness.ts'

const users = field('resource', 'users')

/** Sends this much, and no more. */
const raw = (harness: HttpHarness, headers: Readonly<Record<string, string | number>>, body: string) =>
  overSocket(
    harness,
    requestHead(harness, 'POST /v1/imports?resource=users', { 'Content-Type': 'text/csv', ...headers }) +
      body,
    true,
  )

export const badRequestCases: HttpCases = {
  'H002: a resource named like a member of Object.prototype is unknown': async harness => {
    for (const name of ['user', 'constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      const query = `resource=${name}`
      await leavesNothing(harness, async () => {
        await assertProblem(await sendRaw(harness, query, usersCsv(1)), 400, 'RESOURCE_UNKNOWN')
        const form = formBody([field('resource', name), file(usersCsv(1))])
        await assertProblem(await sendForm(harness, form), 400, 'RESOURCE_UNKNOWN')
      })
      await assertProblem(await fetch(`${harness.base}/v1/exports?${query}`), 400, 'RESOURCE_UNKNOWN')
      await assertProblem(await sendJson(harness, '/v1/exports', { resource: name }), 400, 'RESOURCE_UNKNOWN')
    }
  },

  'H010, H011: fields and part headers named like members of Object.prototype are harmless':
    async harness => {
      await leavesNothing(harness, async () => {
        for (const name of ['__proto__', 'constructor', 'toString']) {
          const form = formBody([users, field(name, 'x'), file(usersCsv(1))])
          await assertProblem(await sendForm(harness, form), 400, 'OPTION_INVALID')
        }
      })
      // An unused header of a part has no effect.
      const named = formBody([{ ...users, lines: '__proto__: x\r\n' }, file(usersCsv(1))])
      assert.equal((await ended(harness, await sendForm(harness, named))).progress.inserted_records, 1)
      assert.equal((await fetch(`${harness.base}/live`)).status, 200)
    },

  'H014: file names are not used as paths, however they are written': async harness => {
    const names = [
      '../../x.csv',
      '..\\..\\x.csv',
      '/etc/passwd',
      'CON',
      '.',
      '..',
      `${'x'.repeat(5_000)}.csv`,
    ]
    for (const name of [...names, 'a\u0000b.csv', '%2e%2e%2fx.csv', 'отчёт.csv', '']) {
      const form = formBody([users, field('format', 'csv'), file(usersCsv(2), name)])
      const response = await sendForm(harness, form)
      const job = await ended(harness, response)
      assert.deepEqual([name, job.status, job.progress.inserted_records], [name, 'completed', 2])
      assert.ok(!JSON.stringify(job).includes('passwd'))
    }
    for (const key of await harness.service.files()) assert.match(key, /^(imports|exports)\/[\w./-]+$/)
  },

  'H020: a body that is shorter than announced leaves nothing, and frees its slot': async harness => {
    const served = await harness.serve({ limits: { uploads: 1, uploadsPerCaller: 1 } })
    const rows = usersCsv(20)
    await leavesNothing(served, async () => {
      const cut = await raw(served, { 'Content-Length': rows.length + 1_000 }, rows)
      assert.match(cut, /^HTTP\/1\.1 400 /)
    })
    await until('its place is free', async () => {
      const { status } = await sendRaw(served, 'resource=users', rows)
      return status === 202
    })
  },

  'H022: a body with an ambiguous length is rejected': async harness => {
    const chunked = { 'Content-Length': 5, 'Transfer-Encoding': 'chunked', Connection: 'close' }
    await leavesNothing(harness, async () => {
      assert.match(await raw(harness, chunked, '5\r\nemail\r\n0\r\n\r\n'), /^HTTP\/1\.1 400 /)
    })
  },

  'H025: a JSON body with unknown members, or of the wrong kind, is rejected': async harness => {
    const valid = { resource: 'users', format: 'csv' }
    for (const body of [
      { ...valid, extra: 1 },
      JSON.parse('{"resource":"users","__proto__":{"format":"csv"}}'),
      { ...valid, resource: ['users'] },
      { ...valid, filters: [] },
      { ...valid, fields: 'id' },
      [valid],
    ]) {
      await assertProblem(await sendJson(harness, '/v1/exports', body), 400, 'OPTION_INVALID')
    }
    // A body parser of the host that comes first answers with its own message.
    const headers = { 'content-type': 'application/json' }
    for (const body of ['{"resource":', 'null x', '\u0000']) {
      const response = await fetch(`${harness.base}/v1/exports`, { method: 'POST', headers, body })
      assert.equal(response.status, 400, await response.text())
    }
  },

  'H032: an expired idempotency key can be used again': async harness => {
    const key = randomUUID()
    const send = async (csv: string) => {
      const response = await sendRaw(harness, 'resource=users', csv, 'text/csv', { 'idempotency-key': key })
      const { job_id: id, code } = await answerOf(response)
      return [response.status, response.headers.get('idempotency-replayed'), id ?? code]
    }
    const [csv, other] = [usersCsv(1), usersCsv(1)]
    const [, , first] = await send(csv)
    await harness.service.ageKey(key, 23)
    assert.deepEqual(await send(csv), [202, 'true', first])
    assert.deepEqual(await send(other), [422, null, 'IDEMPOTENCY_KEY_REUSED'])
    await harness.service.ageKey(key, 1)
    const [status, replayed, second] = await send(other)
    assert.deepEqual([status, replayed], [202, null])
    assert.notEqual(second, first)
    assert.deepEqual(await send(other), [202, 'true', second])
  },

  'H034: malformed ids do not reach the database': async harness => {
    const ids = ['0', '-1', '%00', '..%2f..%2fx', "1'--", 'null', `${randomUUID()}%0a`, 'x'.repeat(10_000)]
    for (const id of ids) {
      for (const [method, path] of [
        ['GET', `/v1/imports/${id}`],
        ['DELETE', `/v1/imports/${id}`],
        ['POST', `/v1/imports/${id}/retry`],
        ['GET', `/v1/imports/${id}/errors`],
        ['GET', `/v1/imports/${id}/rejects`],
        ['GET', `/v1/exports/${id}`],
        ['GET', `/v1/exports/${id}/download`],
        ['DELETE', `/v1/exports/${id}`],
      ] as const) {
        const response = await fetch(harness.base + path, { method })
        await assertProblem(response, 400, 'JOB_ID_INVALID')
      }
    }
  },

  'H046: no answer is an HTML page, whatever the Accept header': async harness => {
    const headers = { accept: 'text/html,application/xhtml+xml' }
    const job = await ended(
      harness,
      await sendRaw(harness, 'resource=users', 'email,name,role,active\n<b>,A,x,1\n'),
    )
    for (const path of ['/health', '/v1/imports', '/v1/nowhere', '/v1/exports?resource=users&limit=1']) {
      const response = await fetch(harness.base + path, { headers })
      assert.match(response.headers.get('content-type') ?? '', /^application\/(problem\+json|json|x-ndjson)/)
      await response.text()
    }
    const errors = await fetch(harness.origin + job.links.errors, { headers })
    assert.match(errors.headers.get('content-type') ?? '', /^application\/json/)
    assert.equal((await answerOf(errors)).errors[0].field_value, '<b>')
  },

  'H050: HEAD and OPTIONS of a slow export are answered at once': async harness => {
    const { brittle } = harness.service
    await brittle.prepare()
    const { exporter, resources } = brittle
    const served = await harness.serve({ exporter, resources })
    const before = brittle.connections()
    for (const method of ['HEAD', 'OPTIONS']) {
      const response = await fetch(`${served.base}/v1/exports?resource=sleepy_lines`, { method })
      assert.equal(response.status, method === 'HEAD' ? 200 : 204)
    }
    assert.equal(brittle.connections(), before)
  },
}
