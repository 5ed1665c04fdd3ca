// Cases of the HTTP suite: an import from its upload to its rejected records.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import {
  answerOf,
  assertProblem,
  ended,
  field,
  file,
  formBody,
  type HttpCases,
  type HttpHarness,
  sendForm,
  sendJson,
  sendRaw,
  usersCsv,
} from '../harness.ts'

const badUsers = (): string => `${usersCsv(3)}nobody,A,reader,true\nnone@example.org,A,king,maybe\n`

async function badImport(harness: HttpHarness) {
  return ended(harness, await sendRaw(harness, 'resource=users', badUsers()))
}

export const importCases: HttpCases = {
  'an accepted import returns the address of its status': async harness => {
    const response = await sendRaw(harness, 'resource=users', usersCsv(1))
    assert.equal(response.status, 202)
    const { job_id, created_at, ...rest } = await answerOf(response)
    const self = `${harness.mount}/v1/imports/${job_id}`
    assert.deepEqual(rest, {
      status: 'pending',
      resource: 'users',
      format: 'csv',
      links: { self, errors: `${self}/errors` },
    })
    assert.equal(response.headers.get('location'), self)
    assert.match(created_at, /Z$/)
  },

  'the resource may come before or after the file': async harness => {
    const orders = [
      [field('resource', 'users'), file(usersCsv(5))],
      [file(usersCsv(5)), field('resource', 'users')],
      [field('format', 'csv'), file(usersCsv(5), 'x.bin'), field('resource', 'users')],
      [file(usersCsv(5), 'x.bin'), field('resource', 'users'), field('format', 'csv')],
      [field('resource', 'users'), file(usersCsv(5), 'x.bin'), field('format', 'csv')],
    ]
    for (const parts of orders) {
      const job = await ended(harness, await sendForm(harness, formBody(parts)))
      assert.deepEqual([job.status, job.progress.inserted_records], ['completed', 5])
    }
    const byQuery = await sendForm(harness, formBody([file(usersCsv(5))]), '/v1/imports?resource=users')
    assert.equal((await ended(harness, byQuery)).progress.inserted_records, 5)
  },

  'a file of many chunks is received completely, in either order': async harness => {
    const parts = [field('resource', 'users'), file(usersCsv(3_000))]
    const first = await ended(harness, await sendForm(harness, formBody(parts)))
    const second = await ended(
      harness,
      await sendForm(harness, formBody([file(usersCsv(3_000)), field('resource', 'users')])),
    )
    assert.deepEqual(
      [first, second].map(job => job.progress.successful_records),
      [3_000, 3_000],
    )
  },

  'ids that are malformed, unknown, or of an export are rejected': async harness => {
    const base = `${harness.base}/v1/imports`
    for (const id of ['0', '%00', 'nonsense', 'x'.repeat(10_000), `${randomUUID()}'`]) {
      await assertProblem(await fetch(`${base}/${id}`), 400, 'JOB_ID_INVALID')
      await assertProblem(await fetch(`${base}/${id}/errors`), 400, 'JOB_ID_INVALID')
    }
    const exported = await ended(harness, await sendJson(harness, '/v1/exports', { resource: 'users' }))
    for (const id of [randomUUID(), exported.job_id]) {
      for (const tail of ['', '/errors', '/rejects']) {
        await assertProblem(await fetch(`${base}/${id}${tail}`), 404, 'JOB_NOT_FOUND')
      }
    }
  },
}

/** Reports of imports, which core alone makes. */
export const importReportCases: HttpCases = {
  'a status contains everything about an import': async harness => {
    const job = await badImport(harness)
    const self = `${harness.mount}/v1/imports/${job.job_id}`
    const { created_at, started_at, completed_at, duration_seconds, rows_per_second, errors, ...rest } = job
    const size = job.progress.total_bytes
    assert.ok(size > 100)
    assert.deepEqual(rest, {
      job_id: job.job_id,
      type: 'import',
      status: 'completed',
      resource: 'users',
      format: 'csv',
      on_conflict: 'error',
      dry_run: false,
      after: null,
      bundle_id: null,
      waiting_for_storage: null,
      waiting_for: null,
      metadata: {},
      progress: {
        total_records: 5,
        processed_records: 5,
        successful_records: 3,
        failed_records: 2,
        inserted_records: 3,
        updated_records: 0,
        ignored_records: 0,
        unprocessed_records: null,
        fetched_bytes: null,
        processed_bytes: size,
        total_bytes: size,
        percentage: 100,
      },
      eta_seconds: null,
      warnings: [],
      errors_by_code: { INVALID_EMAIL: 1, INVALID_ROLE: 1, INVALID_BOOLEAN: 1 },
      error_message: null,
      error_code: null,
      links: { self, errors: `${self}/errors`, rejects: `${self}/rejects` },
    })
    assert.equal(errors.length, 3)
    assert.ok([created_at, started_at, completed_at].every(time => /^\d{4}-.*Z$/.test(time)))
    assert.ok(duration_seconds >= 0 && rows_per_second >= 0)
  },

  'record errors are paged, and the bounds of pages are checked': async harness => {
    const { job_id } = await badImport(harness)
    const page = async (query: string) => fetch(`${harness.base}/v1/imports/${job_id}/errors${query}`)
    const { errors, pagination } = await answerOf(page(''))
    assert.deepEqual(pagination, { limit: 50, offset: 0, total_errors: 3 })
    const { error_message, ...first } = errors[0]
    assert.deepEqual(first, {
      row_number: 5,
      line: 5,
      record_identifier: 'nobody',
      field_name: 'email',
      error_code: 'INVALID_EMAIL',
      field_value: 'nobody',
    })
    assert.ok(error_message.length > 0)
    const second = await answerOf(page('?limit=1&offset=1'))
    assert.deepEqual(second.errors, [errors[1]])
    assert.deepEqual(second.pagination, { limit: 1, offset: 1, total_errors: 3 })
    assert.deepEqual((await answerOf(page('?offset=1000'))).errors, [])
    for (const bad of [
      'limit=0',
      'limit=1001',
      'limit=-1',
      'limit=1.5',
      'limit=',
      'limit=a',
      'offset=-1',
      'limit=1&limit=2',
    ]) {
      await assertProblem(await page(`?${bad}`), 400, 'OPTION_INVALID')
    }
  },

  'imports are listed, newest first, page by page': async harness => {
    const ids: string[] = []
    for (let count = 0; count < 3; count++) ids.unshift((await badImport(harness)).job_id)
    const page = async (query: string) =>
      answerOf(fetch(`${harness.base}/v1/imports?resource=users&${query}`))
    const first = await page('limit=2&status=completed')
    const second = await page(`limit=1&status=completed&cursor=${encodeURIComponent(first.next_cursor)}`)
    const listed = [...first.jobs, ...second.jobs].map(({ job_id }) => job_id)
    assert.deepEqual(listed, ids)
    for (const bad of ['limit=101', 'status=done', 'nonsense=1']) {
      await assertProblem(await fetch(`${harness.base}/v1/imports?${bad}`), 400, 'OPTION_INVALID')
    }
  },
}
