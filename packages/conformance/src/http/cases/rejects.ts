// Cases of the HTTP suite: rejected and unprocessed records are returned as files that can be corrected and sent again.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Jobs } from '@lading/core'
import { LadingError } from '@lading/core'
import {
  assertProblem,
  ended,
  field,
  file,
  formBody,
  type HttpCases,
  type HttpHarness,
  sendForm,
  sendRaw,
  usersCsv,
} from '../harness.ts'

const header = 'email,name,role,active\n'

async function rejectsOf(harness: HttpHarness, id: string, query = '') {
  const response = await fetch(`${harness.base}/v1/imports/${id}/rejects${query}`)
  return { response, text: await response.text() }
}

export const givingBackCases: HttpCases = {
  'CSV: rejected records can be downloaded, corrected and uploaded': async harness => {
    const [one, two] = [`${randomUUID()}@example.org`, `${randomUUID()}@example.org`]
    const text = `${header}${one},"A, ""the"" one",king,true\n${two},B,reader,true\n`
    const { job_id: id } = await ended(harness, await sendRaw(harness, 'resource=users', text))
    const { response, text: rejects } = await rejectsOf(harness, id)
    assert.equal(response.headers.get('content-type'), 'text/csv; charset=utf-8')
    assert.equal(response.headers.get('content-disposition'), 'attachment; filename="users-rejects.csv"')
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
    assert.equal(
      rejects,
      `lading_error,${header}"INVALID_ROLE: ""role"" must be one of admin, author, reader",${one},"A, ""the"" one",king,true\n`,
    )
    const corrected = rejects.replace('king', 'admin')
    const job = await ended(harness, await sendRaw(harness, 'resource=users', corrected))
    assert.deepEqual([job.progress.inserted_records, job.progress.failed_records, job.warnings], [1, 0, []])
  },

  'a corrected file that is rejected again does not accumulate columns': async harness => {
    const first = await ended(
      harness,
      await sendRaw(harness, 'resource=users', `${header}nobody,A,king,true\n`),
    )
    const once = await rejectsOf(harness, first.job_id)
    const corrected = once.text.replace('king', 'admin')
    const second = await ended(harness, await sendRaw(harness, 'resource=users', corrected))
    const twice = await rejectsOf(harness, second.job_id)
    assert.equal(
      twice.text,
      `lading_error,${header}"INVALID_EMAIL: ""email"" must be an e-mail address, such as ada@example.org",nobody,A,admin,true\n`,
    )
  },

  'NDJSON and JSON arrays return the records as they were written': async harness => {
    const bad = '{"email": "nobody", "name":"A","role":"admin", "active":true}'
    const good = `{"email":"${randomUUID()}@example.org","name":"B","role":"admin","active":true}`
    const lines = await sendRaw(harness, 'resource=users', `${good}\n${bad}\n{oops\n`, 'application/x-ndjson')
    const ofLines = await rejectsOf(harness, (await ended(harness, lines)).job_id)
    assert.equal(ofLines.text, `${bad}\n{oops\n`)
    assert.equal(ofLines.response.headers.get('content-type'), 'application/x-ndjson')

    const array = `[${bad}, ${good.replace('@', '2@')}, ${bad}]`
    const form = formBody([field('resource', 'users'), file(array, 'users.json')])
    const ofArray = await rejectsOf(harness, (await ended(harness, await sendForm(harness, form))).job_id)
    assert.equal(ofArray.text, `[\n${bad},\n${bad}\n]\n`)
  },

  'without rejected records: the header, no bytes, an empty array': async harness => {
    const csv = await ended(harness, await sendRaw(harness, 'resource=users', usersCsv(1)))
    assert.equal((await rejectsOf(harness, csv.job_id)).text, `lading_error,${header}`)
    assert.equal((await rejectsOf(harness, csv.job_id, '?unprocessed=true')).text, header)
    const line = `{"email":"${randomUUID()}@example.org","name":"B","role":"admin","active":true}`
    const lines = await ended(harness, await sendRaw(harness, 'resource=users', line, 'application/x-ndjson'))
    assert.equal((await rejectsOf(harness, lines.job_id)).text, '')
    const array = await sendRaw(harness, 'resource=users&format=json', '[]', 'application/x-ndjson')
    assert.equal((await rejectsOf(harness, (await ended(harness, array)).job_id)).text, '[]\n')
  },

  'unprocessed records can be imported as they are': async harness => {
    const tag = randomUUID()
    const rest = usersCsv(3, `x${tag}`).slice(header.length)
    const text = `${usersCsv(1, tag)}nobody,X,reader,true\n${rest}`
    const job = await ended(harness, await sendRaw(harness, 'resource=users&max_errors=1', text))
    assert.equal(job.error_code, 'TOO_MANY_ERRORS')
    const { response, text: unprocessed } = await rejectsOf(harness, job.job_id, '?unprocessed=true')
    assert.equal(response.headers.get('content-disposition'), 'attachment; filename="users-unprocessed.csv"')
    assert.equal(unprocessed, header + rest)
    const again = await ended(harness, await sendRaw(harness, 'resource=users', unprocessed))
    assert.deepEqual([again.progress.inserted_records, again.progress.failed_records], [3, 0])
  },

  'of an atomic import all records that were not rejected are unprocessed': async harness => {
    const tag = randomUUID()
    const text = `${usersCsv(2, tag)}nobody,X,reader,true\n${usersCsv(2, `x${tag}`).slice(header.length)}`
    const job = await ended(harness, await sendRaw(harness, 'resource=users&atomic=true', text))
    const { text: unprocessed } = await rejectsOf(harness, job.job_id, '?unprocessed=true')
    assert.equal(unprocessed, text.replace('nobody,X,reader,true\n', ''))
    assert.match((await rejectsOf(harness, job.job_id)).text, /\n"INVALID_EMAIL: .*",nobody,X,reader,true\n$/)
  },

  'the answers while the import runs, and after its file was deleted': async harness => {
    const { job_id: id } = await ended(harness, await sendRaw(harness, 'resource=users', usersCsv(1)))
    const { jobs } = harness.service
    const throws = (code: 'JOB_NOT_READY' | 'STORAGE_NOT_FOUND'): Jobs => ({
      ...jobs,
      rejects: () => Promise.reject(new LadingError(code, 'Not now.')),
    })
    const rejects = (at: HttpHarness) => fetch(`${at.base}/v1/imports/${id}/rejects?unprocessed=true`)
    const running = await harness.serve({ jobs: throws('JOB_NOT_READY') })
    await assertProblem(await rejects(running), 409, 'JOB_NOT_READY')
    const gone = await harness.serve({ jobs: throws('STORAGE_NOT_FOUND') })
    await assertProblem(await rejects(gone), 410, 'FILE_EXPIRED')
  },
}
