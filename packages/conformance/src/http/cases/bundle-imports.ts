// Cases of the HTTP suite: bundles that are imported, each resource after those that it refers to.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { bundleOf, form, formWith, type Planted, planted, sendBundle } from '../bundle-planting.ts'
import {
  answerOf,
  assertProblem,
  ended,
  field,
  file,
  type HttpCases,
  type HttpHarness,
  newUploads,
  sendRaw,
} from '../harness.ts'

/** What the imports of an answer have become. */
async function imported(harness: HttpHarness, response: Response) {
  const body = await response.text()
  assert.equal(response.status, 202, body)
  const answer = JSON.parse(body)
  const jobs: Record<string, JobAnswer> = {}
  for (const one of answer.jobs) {
    jobs[one.resource] = await ended(harness, new Response(JSON.stringify(one), { status: 202 }))
  }
  return { answer, location: response.headers.get('location'), jobs }
}

interface JobAnswer {
  readonly job_id: string
  readonly status: string
  readonly error_code: string | null
  readonly after: string | null
  readonly bundle_id: string
  readonly progress: Readonly<Record<string, number>>
}

async function found(
  harness: HttpHarness,
  { word }: Planted,
): Promise<readonly [users: number, articles: number]> {
  const count = async (query: string) =>
    (await (await fetch(`${harness.base}/v1/exports?${query}`)).text()).split('\n').length - 1
  return [await count(`resource=users&name=${word}`), await count(`resource=articles&title=${word}`)]
}

const counts = (job: JobAnswer | undefined) => [
  job?.status,
  job?.progress.inserted_records,
  job?.progress.ignored_records,
  job?.progress.failed_records,
]

export const bundleImportCases: HttpCases = {
  'each resource is an import of its own, after those that it refers to': async harness => {
    const planting = planted()
    const sent = await sendBundle(harness, await bundleOf(planting), 'metadata={"from":"test"}')
    const { answer, location, jobs } = await imported(harness, sent)
    const { users, articles } = jobs
    assert.equal(answer.bundle, true)
    assert.deepEqual(
      answer.jobs.map((job: { resource: string; status: string; format: string }) => [
        job.resource,
        job.status,
        job.format,
      ]),
      [
        ['users', 'pending', 'ndjson'],
        ['articles', 'pending', 'ndjson'],
      ],
    )
    assert.equal(location, answer.jobs[1].links.self)
    assert.deepEqual([users?.after, articles?.after], [null, users?.job_id])
    assert.deepEqual([users?.bundle_id, articles?.bundle_id], [answer.bundle_id, answer.bundle_id])
    assert.deepEqual(
      [counts(users), counts(articles)],
      [
        ['completed', 2, 0, 0],
        ['completed', 2, 0, 0],
      ],
    )
    assert.deepEqual(await found(harness, planting), [2, 2])
    const { metadata } = await answerOf(fetch(harness.origin + answer.jobs[0].links.self))
    assert.deepEqual(metadata, { from: 'test' })
  },

  'options apply to every import; the same bundle a second time changes nothing': async harness => {
    const planting = planted()
    const bundle = await bundleOf(planting)
    await imported(harness, await sendBundle(harness, bundle))
    const again = await imported(harness, await sendBundle(harness, bundle, 'on_conflict=ignore'))
    assert.deepEqual(counts(again.jobs.users), ['completed', 0, 2, 0])
    assert.deepEqual(counts(again.jobs.articles), ['completed', 0, 2, 0])
    const refused = await imported(harness, await sendBundle(harness, bundle, 'max_errors=1'))
    // The imports after the failed one are not started.
    assert.deepEqual(
      [refused.jobs.users?.error_code, refused.jobs.articles?.error_code],
      ['TOO_MANY_ERRORS', 'AFTER_FAILED'],
    )
    assert.deepEqual(await found(harness, planting), [2, 2])
  },

  'a bundle is recognized by the declared format, by its name, or by its first bytes': async harness => {
    const ways: readonly ((bundle: Buffer) => Promise<Response>)[] = [
      bundle => sendBundle(harness, bundle, 'format=bundle', {}, 'text/csv'),
      bundle => sendBundle(harness, bundle, '', { 'content-encoding': 'gzip' }, 'text/csv'),
      ...['backup.tar.gz', 'backup.tgz', 'BACKUP.TAR.GZ', 'backup.gz', 'backup'].map(
        name => (bundle: Buffer) => form(harness, file(bundle.toString('latin1'), name)),
      ),
      bundle => form(harness, field('format', 'bundle'), file(bundle.toString('latin1'), 'x.bin')),
      // After the file, with nothing before it that names its format.
      bundle =>
        form(harness, file(bundle.toString('latin1'), 'backup.tar.gz'), field('on_conflict', 'update')),
    ]
    for (const [index, way] of ways.entries()) {
      const planting = planted()
      const { jobs } = await imported(harness, await way(await bundleOf(planting)))
      assert.deepEqual(
        [counts(jobs.users), counts(jobs.articles)],
        [
          ['completed', 2, 0, 0],
          ['completed', 2, 0, 0],
        ],
        String(index),
      )
    }
  },

  'the same key returns the same imports, whatever their status': async harness => {
    const planting = planted()
    const bundle = await bundleOf(planting)
    const headers = { 'idempotency-key': randomUUID() }
    const first = await sendBundle(harness, bundle, 'on_conflict=ignore', headers)
    const { answer, location } = await imported(harness, first)
    const uploads = await newUploads(harness)
    for (const way of [
      () => sendBundle(harness, bundle, 'on_conflict=ignore', headers),
      () =>
        formWith(
          harness,
          headers,
          file(bundle.toString('latin1'), 'other.tgz'),
          field('on_conflict', 'ignore'),
        ),
    ]) {
      const again = await way()
      assert.equal(again.headers.get('idempotency-replayed'), 'true')
      assert.equal(again.headers.get('location'), location)
      assert.deepEqual(await answerOf(again), answer)
    }
    assert.equal(await uploads(), 0)
    assert.deepEqual(await found(harness, planting), [2, 2])
    for (const other of [
      () => sendBundle(harness, bundle, '', headers),
      async () => sendBundle(harness, await bundleOf(planted()), 'on_conflict=ignore', headers),
      () => sendRaw(harness, 'resource=users&on_conflict=ignore', 'email\n', 'text/csv', headers),
    ]) {
      await assertProblem(await other(), 422, 'IDEMPOTENCY_KEY_REUSED')
    }
    assert.equal(await uploads(), 0)
  },
}
