// Cases of the HTTP suite: what each option says about how a file is read.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import {
  answerOf,
  assertProblem,
  ended,
  field,
  file,
  formBody,
  type HttpCases,
  sendForm,
  sendRaw,
  usersCsv,
} from '../harness.ts'
import { header, imported, nameOf } from './settings.ts'

export const readingCases: HttpCases = {
  'delimiter: detected, or given as a character or by its name': async harness => {
    for (const [name, delimiter] of Object.entries({ comma: ',', semicolon: ';', tab: '\t', pipe: '|' })) {
      const text = () => usersCsv(1).replaceAll(',', delimiter)
      for (const settings of [{}, { delimiter }, { delimiter: name }]) {
        assert.equal((await imported(harness, settings, text())).progress.inserted_records, 1)
      }
    }
    const wrong = await imported(harness, { delimiter: 'tab' }, usersCsv(1))
    assert.equal(wrong.error_code, 'HEADER_INVALID')
  },

  'encoding: given by any of its names, or detected by a byte order mark': async harness => {
    const bytes = (encoding: BufferEncoding, mark = '') => {
      const email = `${randomUUID()}@example.org`
      return { email, body: Buffer.from(`${mark}${header}${email},Zoë,reader,true\n`, encoding) }
    }
    const cases = [
      [{ encoding: 'latin1' }, bytes('latin1')],
      [{ encoding: 'windows-1252' }, bytes('latin1')],
      [{ encoding: 'UTF8' }, bytes('utf8')],
      [{ encoding: 'utf-16le' }, bytes('utf16le')],
      [{ encoding: 'utf-16' }, bytes('utf16le', '\ufeff')],
      [{}, bytes('utf16le', '\ufeff')],
      [{}, bytes('utf8', '\ufeff')],
    ] as const
    for (const [settings, { email, body }] of cases) {
      const job = await imported(harness, settings, body)
      assert.deepEqual([job.status, job.error_message], ['completed', null])
      assert.equal(await nameOf(harness, email), 'Zoë')
    }
    const undeclared = await imported(harness, {}, bytes('latin1').body)
    assert.deepEqual([undeclared.status, undeclared.error_code], ['failed', 'ENCODING_INVALID'])
  },

  'excel: the guard of formulas is removed': async harness => {
    const email = () => `${randomUUID()}@example.org`
    const [one, other] = [email(), email()]
    await imported(harness, { excel: 'true' }, `${header}${one},'=1+1,reader,true\n`)
    await imported(harness, {}, `${header}${other},'=1+1,reader,true\n`)
    assert.deepEqual([await nameOf(harness, one), await nameOf(harness, other)], ['=1+1', "'=1+1"])
  },

  'null_values: texts that are read as null': async harness => {
    const rows = `${header}-,Ada,reader,true\nN/A,Bob,reader,true\n`
    const failures = async (options: Readonly<Record<string, string>>) => {
      const parts = Object.entries({ resource: 'users', dry_run: 'true', ...options })
      const body = formBody([...parts.map(([name, value]) => field(name, value)), file(rows)])
      const job = await ended(harness, await sendForm(harness, body))
      return job.errors.map(({ error_code, field_value }: Readonly<Record<string, unknown>>) => [
        error_code,
        field_value,
      ])
    }
    assert.deepEqual(await failures({ null_values: 'N/A, -' }), [
      ['MISSING_FIELD', '-'],
      ['MISSING_FIELD', 'N/A'],
    ])
    assert.deepEqual(await failures({ null_values: 'N/A' }), [
      ['INVALID_EMAIL', '-'],
      ['MISSING_FIELD', 'N/A'],
    ])
    const job = await imported(harness, { null_values: '-', dry_run: 'true' }, rows)
    assert.equal(job.progress.failed_records, 2)
    const refused = await sendRaw(harness, 'resource=users&null_values=-,', rows)
    const detail = await assertProblem(refused, 400, 'OPTION_INVALID')
    assert.match(detail, /"null_values" must be a list of 1 to 100 texts, none of them empty/)
  },

  'compressed: by the name of the file, or the coding of the body': async harness => {
    const coded = await sendRaw(harness, 'resource=users', gzipSync(usersCsv(3)), 'text/csv', {
      'content-encoding': 'gzip',
    })
    assert.equal((await ended(harness, coded)).progress.inserted_records, 3)
    const form = formBody([field('resource', 'users'), file('@', 'users.csv.gz')]).split('@')
    const body = Buffer.concat([
      Buffer.from(form[0] ?? ''),
      gzipSync(usersCsv(2)),
      Buffer.from(form[1] ?? ''),
    ])
    const job = await ended(harness, await sendForm(harness, body))
    assert.deepEqual([job.format, job.progress.inserted_records, job.progress.percentage], ['csv', 2, 100])
    const typed = await sendRaw(
      harness,
      'resource=users&format=csv',
      gzipSync(usersCsv(4)),
      'application/gzip',
    )
    assert.equal((await ended(harness, typed)).progress.inserted_records, 4)
    const plain = await sendRaw(harness, 'resource=users', usersCsv(1), 'text/csv', {
      'content-encoding': 'gzip',
    })
    assert.equal((await ended(harness, plain)).error_code, 'COMPRESSION_INVALID')
    const unannounced = await sendRaw(harness, 'resource=users', gzipSync(usersCsv(1)))
    assert.deepEqual([unannounced.status, (await answerOf(unannounced)).code], [415, 'FORMAT_UNSUPPORTED'])
  },

  'a JSON array, detected or declared': async harness => {
    const array = () =>
      JSON.stringify([{ email: `${randomUUID()}@example.org`, name: 'A', role: 'reader', active: true }])
    const found = await sendForm(harness, formBody([field('resource', 'users'), file(array(), 'users.json')]))
    const declared = await sendRaw(harness, 'resource=users&format=json', array(), 'application/x-ndjson')
    for (const response of [found, declared]) {
      const job = await ended(harness, response)
      assert.deepEqual([job.format, job.progress.inserted_records], ['json', 1])
    }
  },
}
