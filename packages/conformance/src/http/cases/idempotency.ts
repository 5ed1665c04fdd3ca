// Cases of the HTTP suite: one key, one job, and the same answer to the same request.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { until } from '../../runner.ts'
import {
  assertProblem,
  ended,
  field,
  file,
  type HttpCases,
  type HttpHarness,
  leavesNothing,
  newUploads,
  requestHead,
  usersCsv,
} from '../harness.ts'
import { exported, form, raw, replayed, seen } from '../idempotent-requests.ts'

async function jobCount(harness: HttpHarness, kind: 'import' | 'export'): Promise<number> {
  let count = 0
  let cursor: string | undefined
  do {
    const page = await harness.service.jobs.list({
      kind,
      limit: 100,
      ...(cursor !== undefined && { cursor }),
    })
    count += page.jobs.length
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return count
}

function socketTo(harness: HttpHarness, sent: string): Socket {
  const { hostname, port } = new URL(harness.origin)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  socket.write(sent)
  return socket
}

/** The beginning of the answer, without waiting for the server to close. */
async function statusLine(harness: HttpHarness, sent: string): Promise<string> {
  const socket = socketTo(harness, sent)
  const [chunk] = await once(socket, 'data')
  socket.destroy()
  return String(chunk).split('\r\n')[0] ?? ''
}

/** Starts an upload that claims the key and does not end. */
async function hangingUpload(harness: HttpHarness, key: string): Promise<Socket> {
  const head = requestHead(harness, 'POST /v1/imports?resource=users', {
    'Content-Type': 'text/csv',
    'Content-Length': 1_000,
    'Idempotency-Key': key,
  })
  const begin = () => socketTo(harness, `${head}email,name,role,active\n`)
  let socket = begin()
  await until('the key is claimed', async () => {
    // One request is rejected, whichever is first; if it was the other one that had to wait, that one is repeated.
    const { status } = await raw(harness, key, 'PK\u0003\u0004')
    const isRefused = socket.bytesRead > 0
    if (isRefused) socket.destroy()
    if (isRefused) socket = begin()
    return status === 409 && socket.bytesRead === 0
  })
  return socket
}

export const idempotencyCases: HttpCases = {
  'a repeated request gets the same answer, and starts nothing': async harness => {
    const [key, csv] = [randomUUID(), usersCsv(3)]
    const first = await raw(harness, key, csv)
    assert.equal(replayed(first), null)
    const answer = await seen(first.clone())
    await ended(harness, first)
    const uploads = await newUploads(harness)
    for (const written of [key, `"${key}"`, ` ${key} `]) {
      const again = await raw(harness, written, csv)
      assert.equal(replayed(again), 'true')
      assert.deepEqual(await seen(again), answer)
    }
    // The same as a form, whose boundaries differ each time.
    const asForm = await form(harness, key, [
      field('on_conflict', 'error'),
      file(csv),
      field('resource', 'users'),
    ])
    assert.deepEqual([replayed(asForm), await seen(asForm)], ['true', answer])
    assert.equal(await uploads(), 0)
    assert.equal((await ended(harness, await raw(harness, key, csv))).progress.successful_records, 3)
  },

  'a repeated export request gets the same answer, and starts nothing': async harness => {
    const key = randomUUID()
    const filters = { name: key, role: 'admin' }
    const first = await exported(harness, key, { resource: 'users', filters })
    const answer = await seen(first.clone())
    await ended(harness, first)
    const count = await jobCount(harness, 'export')
    const again = await exported(harness, key, {
      filters: { role: 'admin', name: key },
      format: 'ndjson',
      resource: 'users',
    })
    assert.deepEqual([replayed(again), await seen(again)], ['true', answer])
    assert.equal(await jobCount(harness, 'export'), count)
    const other = await exported(harness, key, { resource: 'users', filters: { name: key } })
    await assertProblem(other, 422, 'IDEMPOTENCY_KEY_REUSED')
    await assertProblem(await raw(harness, key, usersCsv(1)), 422, 'IDEMPOTENCY_KEY_REUSED')
  },

  'another request with the same key is rejected': async harness => {
    const [key, csv] = [randomUUID(), usersCsv(2)]
    await ended(harness, await raw(harness, key, csv))
    await leavesNothing(harness, async () => {
      const others = [
        raw(harness, key, csv.replace('User 1', 'User X')),
        raw(harness, key, csv, 'resource=articles'),
        raw(harness, key, csv, 'resource=users&dry_run=true'),
        raw(harness, key, csv, 'resource=users&on_conflict=update'),
        form(harness, key, [field('resource', 'users'), file(csv), field('max_errors', '1')]),
        form(harness, key, [file(csv)], '?resource=articles'),
        exported(harness, key, { resource: 'users' }),
      ]
      for (const other of others) await assertProblem(await other, 422, 'IDEMPOTENCY_KEY_REUSED')
    })
  },

  'a difference that the headers show is rejected before the body is received': async harness => {
    const [key, csv] = [randomUUID(), usersCsv(2)]
    await ended(harness, await raw(harness, key, csv))
    const head = (line: string, length: number) =>
      requestHead(harness, line, {
        'Content-Type': 'text/csv',
        'Content-Length': length,
        'Idempotency-Key': key,
        Connection: 'close',
      })
    const lines = [
      head('POST /v1/imports?resource=users', csv.length + 1),
      head('POST /v1/imports?resource=users&atomic=true', csv.length),
      head('POST /v1/exports', csv.length),
    ]
    // Nothing of the bodies is sent, and none is waited for.
    const answers = await Promise.all(lines.map(line => statusLine(harness, line)))
    for (const answer of answers) assert.match(answer, /^HTTP\/1\.1 422 /)
  },

  'ten concurrent requests make one job': async harness => {
    const [key, csv] = [randomUUID(), usersCsv(200)]
    const count = await jobCount(harness, 'import')
    const uploads = await newUploads(harness)
    const answers = await Promise.all(Array.from({ length: 10 }, () => raw(harness, key, csv)))
    const ids = new Set<string>()
    for (const answer of answers) {
      if (answer.status === 202) ids.add(JSON.parse(await answer.text()).job_id)
      else {
        assert.ok(Number(answer.headers.get('retry-after')) >= 1)
        await assertProblem(answer, 409, 'IDEMPOTENCY_IN_PROGRESS')
      }
    }
    assert.equal(ids.size, 1)
    assert.equal(await jobCount(harness, 'import'), count + 1)
    const again = await raw(harness, key, csv)
    assert.equal(replayed(again), 'true')
    assert.ok(ids.has(JSON.parse(await again.clone().text()).job_id))
    assert.equal((await ended(harness, again)).progress.successful_records, 200)
    assert.equal(await uploads(), 1)
    // Exports, whose requests are short, too.
    const exports = await Promise.all(
      Array.from({ length: 10 }, () => exported(harness, `${key}-export`, { resource: 'users' })),
    )
    const made = exports.filter(({ status }) => status === 202)
    assert.ok(made.length >= 1)
    assert.equal(new Set(await Promise.all(made.map(answer => answer.text()))).size, 1)
    assert.ok(exports.every(({ status }) => status === 202 || status === 409))
  },

  'during the first upload, others get 409 with Retry-After; if it is aborted, the key is free':
    async harness => {
      const key = randomUUID()
      const socket = await hangingUpload(harness, key)
      await assertProblem(await raw(harness, key, usersCsv(1)), 409, 'IDEMPOTENCY_IN_PROGRESS')
      await assertProblem(await exported(harness, key, { resource: 'users' }), 409, 'IDEMPOTENCY_IN_PROGRESS')
      socket.destroy()
      const csv = usersCsv(1)
      let answer: Response | undefined
      await until('the key is free', async () => {
        answer = await raw(harness, key, csv)
        return answer.status === 202
      })
      assert.ok(answer)
      assert.equal((await ended(harness, answer)).status, 'completed')
    },

  'a rejected request is not remembered': async harness => {
    const key = randomUUID()
    await assertProblem(await raw(harness, key, ''), 400, 'BODY_INVALID')
    await assertProblem(await raw(harness, key, usersCsv(1), 'resource=user'), 400, 'RESOURCE_UNKNOWN')
    await assertProblem(await raw(harness, key, 'PK\u0003\u0004'), 415, 'FORMAT_UNSUPPORTED')
    await assertProblem(
      await exported(harness, key, { resource: 'users', filters: { x: 1 } }),
      400,
      'FILTER_INVALID',
    )
    const answer = await raw(harness, key, usersCsv(1))
    assert.equal(replayed(answer), null)
    assert.equal((await ended(harness, answer)).status, 'completed')
  },

  'invalid keys are rejected': async harness => {
    await leavesNothing(harness, async () => {
      for (const key of ['', '""', 'k'.repeat(256), '"unended', '"a"b"', 'tab\there', 'é', '"a\\b"']) {
        await assertProblem(await raw(harness, key, usersCsv(1)), 400, 'IDEMPOTENCY_KEY_INVALID')
        await assertProblem(
          await exported(harness, key, { resource: 'users' }),
          400,
          'IDEMPOTENCY_KEY_INVALID',
        )
      }
    })
    const longest = randomUUID().padEnd(255, '-')
    await ended(harness, await raw(harness, longest, usersCsv(1)))
    const [csv, odd] = [usersCsv(1), `${randomUUID()} "quoted" \\ ~`]
    await ended(harness, await raw(harness, odd, csv))
    const quoted = `"${odd.replaceAll(/["\\]/g, '\\$&')}"`
    assert.equal(replayed(await raw(harness, quoted, csv)), 'true')
  },
}
