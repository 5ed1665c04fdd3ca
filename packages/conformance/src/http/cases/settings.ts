// Cases of the HTTP suite: what each setting of an import does to the records, and where it may be sent.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import {
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

export const header = 'email,name,role,active\n'

export async function imported(
  harness: HttpHarness,
  settings: Readonly<Record<string, string>>,
  body: string | Uint8Array,
) {
  return ended(
    harness,
    await sendRaw(harness, `${new URLSearchParams({ resource: 'users', ...settings })}`, body),
  )
}

/** The figures of a job that say what became of its records. */
function outcome({ status, error_code, progress }: Awaited<ReturnType<typeof ended>>) {
  const { inserted_records, updated_records, ignored_records, failed_records, unprocessed_records } = progress
  return [
    status,
    error_code,
    inserted_records,
    updated_records,
    ignored_records,
    failed_records,
    unprocessed_records,
  ]
}

export async function nameOf(harness: HttpHarness, email: string): Promise<string | undefined> {
  const response = await fetch(
    `${harness.base}/v1/exports?resource=users&format=ndjson&email=${encodeURIComponent(email)}`,
  )
  const text = await response.text()
  return text === '' ? undefined : JSON.parse(text).name
}

export const settingCases: HttpCases = {
  'on_conflict: a duplicate is an error, is ignored, or updates the row': async harness => {
    const email = `${randomUUID()}@example.org`
    const row = (name: string) => `${header}${email},${name},reader,true\n`
    assert.deepEqual(outcome(await imported(harness, {}, row('A'))), ['completed', null, 1, 0, 0, 0, null])
    assert.deepEqual(outcome(await imported(harness, {}, row('B'))), ['completed', null, 0, 0, 0, 1, null])
    const ignored = await imported(harness, { on_conflict: 'ignore' }, row('B'))
    assert.deepEqual(outcome(ignored), ['completed', null, 0, 0, 1, 0, null])
    assert.equal(await nameOf(harness, email), 'A')
    const updated = await imported(harness, { on_conflict: 'update' }, row('B'))
    assert.deepEqual(outcome(updated), ['completed', null, 0, 1, 0, 0, null])
    assert.deepEqual([updated.on_conflict, await nameOf(harness, email)], ['update', 'B'])
    const same = await imported(harness, { on_conflict: 'update' }, row('B'))
    assert.deepEqual(outcome(same), ['completed', null, 0, 0, 1, 0, null])
  },

  'dry_run: everything is judged and nothing is written': async harness => {
    const email = `${randomUUID()}@example.org`
    const text = `${header}${email},A,reader,true\n${email},B,reader,true\nnobody,C,reader,true\n`
    const job = await imported(harness, { dry_run: 'true' }, text)
    assert.deepEqual(outcome(job), ['completed', null, 1, 0, 0, 2, null])
    assert.equal(job.dry_run, true)
    assert.ok(Array.isArray(job.not_judged))
    assert.deepEqual(job.errors_by_code, { DUPLICATE_EMAIL: 1, INVALID_EMAIL: 1 })
    assert.equal(await nameOf(harness, email), undefined)
  },

  'atomic: all records or none': async harness => {
    const email = `${randomUUID()}@example.org`
    const good = `${header}${email},A,reader,true\n`
    const bad = `${good}nobody,B,reader,true\nnone,C,reader,true\n`
    const failed = await imported(harness, { atomic: 'true' }, bad)
    assert.deepEqual(outcome(failed), ['failed', 'IMPORT_ROLLED_BACK', 0, 0, 0, 2, 1])
    assert.deepEqual(
      [failed.progress.total_records, failed.progress.processed_records, failed.errors_by_code],
      [3, 2, { INVALID_EMAIL: 2 }],
    )
    assert.equal(await nameOf(harness, email), undefined)
    assert.deepEqual(outcome(await imported(harness, { atomic: 'true' }, good)), [
      'completed',
      null,
      1,
      0,
      0,
      0,
      null,
    ])
    assert.equal(await nameOf(harness, email), 'A')
  },

  'max_errors: the rest is unprocessed, and counted': async harness => {
    const tag = randomUUID()
    const bad = 'nobody,X,reader,true\n'
    const text = `${usersCsv(2, tag)}${bad}${bad}${usersCsv(3, `x${tag}`).slice(header.length)}`
    const job = await imported(harness, { max_errors: '2' }, text)
    assert.deepEqual(outcome(job), ['failed', 'TOO_MANY_ERRORS', 2, 0, 0, 2, 3])
    assert.equal(job.progress.total_records, 7)
    const enough = await imported(harness, { max_errors: '3', on_conflict: 'ignore' }, text)
    assert.deepEqual(outcome(enough), ['completed', null, 3, 0, 2, 2, null])
  },

  'mapping: names of the file are mapped to fields': async harness => {
    const email = `${randomUUID()}@example.org`
    const text = `E-Mail,Who,role,active\n${email},A,reader,true\n`
    const mapping = JSON.stringify({ 'E-Mail': 'email', Who: 'name' })
    assert.equal((await imported(harness, { mapping }, text)).status, 'completed')
    assert.equal(await nameOf(harness, email), 'A')
    const after = [
      field('resource', 'users'),
      file(text.replace(email, `b${email}`)),
      field('mapping', mapping),
    ]
    assert.equal(
      (await ended(harness, await sendForm(harness, formBody(after)))).progress.inserted_records,
      1,
    )
  },

  'unknown_columns: a warning, or a failure': async harness => {
    const text = `${header.trim()},nickname\n${randomUUID()}@example.org,A,reader,true,x\n`
    const warned = await imported(harness, {}, text)
    assert.deepEqual([warned.status, warned.warnings[0].code], ['completed', 'UNKNOWN_COLUMN'])
    const failed = await imported(harness, { unknown_columns: 'error' }, text)
    assert.deepEqual([failed.status, failed.error_code], ['failed', 'HEADER_INVALID'])
    assert.match(failed.error_message, /nickname/)
  },

  'options may come after the file, and options from both places are used': async harness => {
    const text = usersCsv(2)
    const parts = [field('resource', 'users'), file(text), field('dry_run', 'true'), field('atomic', 'true')]
    const after = await ended(harness, await sendForm(harness, formBody(parts)))
    assert.deepEqual([after.dry_run, after.progress.inserted_records], [true, 2])
    const late = [file(text), field('dry_run', 'true'), field('resource', 'users')]
    assert.equal((await ended(harness, await sendForm(harness, formBody(late)))).dry_run, true)
    const query = await sendForm(
      harness,
      formBody([file(text)]),
      '/v1/imports?resource=users&on_conflict=ignore',
    )
    const job = await ended(harness, query)
    assert.deepEqual([job.on_conflict, job.progress.inserted_records], ['ignore', 2])
  },
}
