// Cases of the HTTP suite: what a job reports of its file in addition to its errors, by code, with exact counts.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { importStatus } from '@lading/core/internal'
import { Value } from '@sinclair/typebox/value'
import { answerOf, ended, type HttpCases, type HttpHarness, sendRaw, usersCsv } from '../harness.ts'

const header = 'email,name,role,active'

/** The warnings of an import, whose answer must be one that the OpenAPI document describes. */
async function warningsOf(harness: HttpHarness, query: string, body: string, type?: string) {
  const job = await ended(harness, await sendRaw(harness, `resource=users&${query}`, body, type))
  assert.deepEqual([...Value.Errors(importStatus, job)], [])
  return { job, warnings: job.warnings }
}

export const warningCases: HttpCases = {
  'warnings carry their code, their column and an exact count': async harness => {
    const tag = randomUUID()
    const row = (user: number, name: string) => `${user}-${tag}@example.org,${name},reader,true,chess,\n`
    const { job, warnings } = await warningsOf(
      harness,
      'format=csv',
      `${header},hobby,\n,,,,,\n${row(1, 'Ann\u200b')}${row(2, 'Bob')},,,,,\n${row(3, '\u00a0Cy')},,,,,\n,,,,,\n`,
    )
    const { total_records, processed_records, inserted_records } = job.progress
    assert.deepEqual([total_records, processed_records, inserted_records], [3, 3, 3])
    assert.deepEqual(warnings, [
      {
        code: 'UNKNOWN_COLUMN',
        detail: 'Column "hobby" is not part of users and was not imported',
        column: 'hobby',
      },
      { code: 'UNNAMED_COLUMN', detail: 'Column 6 has no name and was not imported' },
      { code: 'BLANK_RECORDS', detail: '4 blank records were skipped', count: 4 },
      {
        code: 'INVISIBLE_CHARACTERS',
        detail:
          '2 values of "name" hold invisible characters or white space at an edge, such as "Ann\\u200b"; they were not changed',
        field: 'name',
        count: 2,
        example: 'Ann\\u200b',
      },
    ])
    const { jobs } = await answerOf(fetch(`${harness.base}/v1/imports?resource=users&limit=1`))
    assert.deepEqual([jobs[0].job_id, jobs[0].warnings], [job.job_id, warnings])
  },

  'a mapped name that is in no record is a warning': async harness => {
    const user = { email: `${randomUUID()}@example.org`, name: 'Ann', role: 'reader', active: true }
    const mapping = encodeURIComponent(JSON.stringify({ Mail: 'email' }))
    const { warnings } = await warningsOf(
      harness,
      `mapping=${mapping}`,
      `${JSON.stringify(user)}\n`,
      'application/x-ndjson',
    )
    assert.deepEqual(
      warnings.map(({ code, column }: { code: string; column?: string }) => [code, column]),
      [['MAPPING_UNUSED', 'Mail']],
    )
  },

  'an import that imported nothing reports that first, with the reason': async harness => {
    const text = `${header},hobby\nx,X,reader,true,\ny,Y,king,true,\nz,Z,reader,true,\n`
    const { job, warnings } = await warningsOf(harness, '', text)
    assert.deepEqual([job.status, job.progress.failed_records], ['completed', 3])
    assert.deepEqual(
      warnings.map(({ code }: { code: string }) => code),
      ['NOTHING_IMPORTED', 'UNKNOWN_COLUMN'],
    )
    assert.equal(
      warnings[0].detail,
      'Nothing was imported: all 3 records were rejected. Each for the same reason: "email" must be an e-mail address, such as ada@example.org. users has no field for the column "hobby" of the file; use a mapping to assign it to a field.',
    )
  },

  'a dry run, an import stopped by its limit, and a repeated import report that of themselves':
    async harness => {
      const good = usersCsv(2)
      const bad = `${header}\nx,X,reader,true\ny,Y,reader,true\n`
      const reason = 'Each for the same reason: "email" must be an e-mail address, such as ada@example.org.'
      const nothing = async (query: string, text: string) => {
        const { job, warnings } = await warningsOf(harness, query, text)
        return [job.status, job.error_code, ...warnings.map(({ detail }: { detail: string }) => detail)]
      }
      assert.deepEqual(await nothing('dry_run=true', bad), [
        'completed',
        null,
        `Nothing would be imported: all 2 records would be rejected. ${reason}`,
      ])
      assert.deepEqual(await nothing('max_errors=1', bad), [
        'failed',
        'TOO_MANY_ERRORS',
        'Nothing was imported: the only record that was read was rejected. "email" must be an e-mail address, such as ada@example.org.',
      ])
      assert.deepEqual(await nothing('', good), ['completed', null])
      assert.deepEqual(await nothing('on_conflict=ignore', good), [
        'completed',
        null,
        'Nothing was imported: all 2 records are in the table already, and were left as they are.',
      ])
    },

  'the OpenAPI document describes the status of an import, including its warnings': async ({ base }) => {
    const { paths } = await answerOf(fetch(`${base}/openapi.json`))
    const { schema } = paths['/v1/imports/{job_id}'].get.responses['200'].content['application/json']
    assert.equal(schema.properties.warnings.type, 'array')
    const { properties, required } = schema.properties.warnings.items
    assert.deepEqual(required, ['code', 'detail'])
    assert.deepEqual(Object.keys(properties), ['code', 'detail', 'column', 'field', 'count', 'example'])
    const codes = properties.code.anyOf.map((one: { const: string }) => one.const)
    for (const code of ['NOTHING_IMPORTED', 'BLANK_RECORDS', 'INVISIBLE_CHARACTERS', 'ERRORS_CAPPED']) {
      assert.ok(codes.includes(code), code)
    }
  },
}
