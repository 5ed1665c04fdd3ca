// Cases of the HTTP suite: several resources of one moment in one file.
import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { type ArchiveEntry, entriesOf } from '../bundle-archive.ts'
import {
  answerOf,
  assertProblem,
  ended,
  type HttpCases,
  type HttpHarness,
  sendJson,
  sendRaw,
} from '../harness.ts'

const send = (harness: HttpHarness, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${harness.base}/v1/exports`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

/** An author, an article of hers and a comment of hers on it; found by a unique word. */
async function plant(harness: HttpHarness): Promise<string> {
  const word = randomUUID()
  const [user, article] = [randomUUID(), randomUUID()]
  for (const [resource, record] of [
    ['users', { id: user, email: `${word}@example.org`, name: 'A', role: 'author', active: true }],
    ['articles', { id: article, slug: word, title: 't', content: 'c', author_id: user, status: 'draft' }],
    ['comments', { article_id: article, user_id: user, body: word }],
  ] as const) {
    const sent = await sendRaw(
      harness,
      `resource=${resource}`,
      JSON.stringify(record),
      'application/x-ndjson',
    )
    assert.equal((await ended(harness, sent)).progress.inserted_records, 1)
  }
  return word
}

async function downloaded(harness: HttpHarness, job: { readonly download_url: string }) {
  const response = await fetch(harness.origin + job.download_url)
  return { response, bytes: Buffer.from(await response.arrayBuffer()) }
}

const lines = ([, content]: ArchiveEntry) => content.split('\n').length - 1

export const bundleCases: HttpCases = {
  'several resources come as one file, referenced ones first': async harness => {
    const word = await plant(harness)
    const asked = { resources: ['comments', 'users', 'articles'], metadata: { why: 'backup' } }
    const accepted = await send(harness, asked)
    const location = accepted.headers.get('location')
    const begun = await answerOf(accepted.clone())
    assert.deepEqual([begun.resource, begun.resources, begun.format], [null, asked.resources, 'ndjson'])
    const job = await ended(harness, accepted)
    assert.equal(location, job.links.self)
    assert.deepEqual([job.status, job.resource, job.resources], ['completed', null, asked.resources])
    assert.deepEqual(job.metadata, { why: 'backup' })

    const { response, bytes } = await downloaded(harness, job)
    assert.equal(response.headers.get('content-type'), 'application/gzip')
    assert.equal(response.headers.get('content-encoding'), null)
    assert.match(
      response.headers.get('content-disposition') ?? '',
      /^attachment; filename="bundle-[\d-]{10}\.tar\.gz"$/,
    )
    assert.equal(createHash('sha256').update(bytes).digest('hex'), job.sha256)
    assert.deepEqual([bytes.length, bytes.length], [job.file_size, job.progress.processed_bytes])

    const [manifest, ...files] = await entriesOf(bytes)
    assert.equal(manifest?.[0], 'manifest.json')
    assert.deepEqual(
      files.map(([name]) => name),
      ['users.ndjson', 'articles.ndjson', 'comments.ndjson'],
    )
    for (const file of files) assert.ok(file[1].includes(word), `${file[0]} lacks what was planted`)
    const { entries } = JSON.parse(manifest?.[1] ?? '')
    for (const [index, file] of files.entries()) {
      const sha256 = createHash('sha256').update(file[1]).digest('hex')
      assert.deepEqual(
        [entries[index].file, entries[index].rows, entries[index].bytes, entries[index].sha256],
        [file[0], lines(file), Buffer.byteLength(file[1]), sha256],
      )
    }
    const rows = files.reduce((sum, file) => sum + lines(file), 0)
    assert.deepEqual([job.progress.successful_records, job.progress.total_records], [rows, rows])
    // What it was packed from is gone.
    assert.deepEqual(
      (await harness.service.files()).filter(key => key.includes(job.job_id)),
      [`exports/${job.job_id}/1.tar.gz`],
    )
  },

  'a bundle of CSV files has its own name': async harness => {
    const asked = { resources: ['users'], format: 'csv', filename: 'Sicherung März' }
    const job = await ended(harness, await send(harness, asked))
    assert.equal(job.file_name, 'Sicherung März.tar.gz')
    const { bytes } = await downloaded(harness, job)
    const [, users] = await entriesOf(bytes)
    assert.equal(users?.[0], 'users.csv')
    assert.match(users?.[1] ?? '', /^id,email,name,role,active,created_at,updated_at\n/)
  },

  'what a bundle cannot contain is rejected by name': async harness => {
    const resources = ['users', 'articles']
    for (const [body, code] of [
      [{ resources: [] }, 'OPTION_INVALID'],
      [{ resources: ['users', 'users'] }, 'OPTION_INVALID'],
      [{ resources: 'users' }, 'OPTION_INVALID'],
      [{ resources: [7] }, 'OPTION_INVALID'],
      [{ resources: ['users', 'user'] }, 'RESOURCE_UNKNOWN'],
      [{ resources: ['constructor'] }, 'RESOURCE_UNKNOWN'],
      [{ resources, format: 'json' }, 'OPTION_INVALID'],
      [{ resources, resource: 'users' }, 'OPTION_INVALID'],
      [{ resources, filters: { role: 'admin' } }, 'OPTION_INVALID'],
      [{ resources, fields: ['id'] }, 'OPTION_INVALID'],
      [{ resources, sort: 'id' }, 'OPTION_INVALID'],
      [{ resources, limit: 5 }, 'OPTION_INVALID'],
      [{ resources, delimiter: ';' }, 'OPTION_INVALID'],
      [{ resources, header: false }, 'OPTION_INVALID'],
      [{ resources, excel: true }, 'OPTION_INVALID'],
      [{ resources, compression: 'gzip' }, 'OPTION_INVALID'],
      [{ resources, created_after: '2024-01-01T00:00:00Z' }, 'OPTION_INVALID'],
      [{ resources, colour: 'red' }, 'OPTION_INVALID'],
    ] as const) {
      await assertProblem(await send(harness, body), 400, code)
    }
    const streamed = await fetch(`${harness.base}/v1/exports?resources=users,articles`)
    await assertProblem(streamed, 400, 'OPTION_INVALID')
  },

  'the same key gets the same bundle': async harness => {
    const headers = { 'idempotency-key': randomUUID() }
    const first = await send(harness, { resources: ['users', 'articles'] }, headers)
    const again = await send(harness, { resources: ['users', 'articles'] }, headers)
    assert.deepEqual(await answerOf(again.clone()), await answerOf(first.clone()))
    assert.equal(again.headers.get('idempotency-replayed'), 'true')
    for (const other of [{ resources: ['users'] }, { resources: ['users', 'articles'], format: 'csv' }]) {
      await assertProblem(await send(harness, other, headers), 422, 'IDEMPOTENCY_KEY_REUSED')
    }
    await ended(harness, first)
  },

  'it is listed and deleted like any other export': async harness => {
    const { job_id } = await ended(harness, await sendJson(harness, '/v1/exports', { resources: ['users'] }))
    const url = `${harness.base}/v1/exports/${job_id}`
    assert.equal((await fetch(url, { method: 'DELETE' })).status, 204)
    await assertProblem(await fetch(`${url}/download`), 410, 'FILE_EXPIRED')
    assert.equal((await answerOf(fetch(url))).download_url, null)
  },
}
