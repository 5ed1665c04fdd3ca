// Record errors of a job: pages, filters and the whole list agree, for any batches and attempts.
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import type { ErrorFilter, RecordError } from '../../../src/index.ts'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'
import { bytes } from '../../support.ts'

const harness = jobsHarness()

/** Records with every mixture of three faults, and one with too few cells. */
const file = [
  'email,name,role,active',
  ...Array.from({ length: 24 }, (_, index) => {
    const [noEmail, noName, noRole] = [index % 2 === 0, index % 3 === 0, index % 4 === 0]
    return `${noEmail ? '' : `u${index}@example.org`},${noName ? '' : 'N'},${noRole ? 'king' : 'reader'},true`
  }),
  'short',
  '',
].join('\n')

async function rejectedJob(): Promise<string> {
  harness.work()
  const { id } = await harness.jobs.submitImport({ resource: 'users', format: 'csv', source: bytes(file) })
  await harness.ended(id)
  return id
}

async function whole(id: string, filter?: ErrorFilter): Promise<readonly RecordError[]> {
  const errors: RecordError[] = []
  for await (const page of harness.jobs.allErrors(id, filter)) errors.push(...page)
  return errors
}

const isWanted =
  ({ code, field }: ErrorFilter) =>
  (error: RecordError) =>
    (code === undefined || error.code === code) && (field === undefined || (error.field ?? '') === field)

test('every filter gives the same errors by page, as a whole, and in its total', async () => {
  const id = await rejectedJob()
  const all = (await harness.jobs.errors(id, { limit: 1000 })).errors
  // 12 e-mails, 8 names, 6 roles and the short one.
  expect(all).toHaveLength(27)
  expect(all.map(({ rowNumber }) => rowNumber)).toEqual(
    [...all.map(({ rowNumber }) => rowNumber)].sort((a, b) => a - b),
  )

  const codes = [undefined, 'MISSING_FIELD', 'INVALID_ROLE', 'COLUMN_COUNT', 'NONE']
  const fields = [undefined, 'email', 'name', 'role', '', 'none']
  for (const filter of codes.flatMap(code => fields.map(field => ({ code, field })))) {
    const wanted = all.filter(isWanted(filter))
    const what = JSON.stringify(filter)
    expect((await whole(id, filter)).map(brief), what).toEqual(wanted.map(brief))
    expect(await harness.jobs.errors(id, { ...filter, limit: 1000 }), what).toMatchObject({
      total: wanted.length,
      stored: 27,
    })
    const pages = await Promise.all(
      [0, 5, 10, 15, 20, 25].map(offset => harness.jobs.errors(id, { ...filter, limit: 5, offset })),
    )
    expect(pages.flatMap(page => page.errors).map(brief), what).toEqual(wanted.map(brief))
  }
})

function brief({ rowNumber, field, code }: RecordError): string {
  return `${rowNumber} ${field} ${code}`
}

test('an invalid page is rejected', async () => {
  const id = await rejectedJob()
  for (const page of [{ limit: 0 }, { limit: 1001 }, { limit: 1.5 }, { offset: -1 }]) {
    await expect(harness.jobs.errors(id, page)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  }
})

test('a second attempt continues the numbers of the first one', async () => {
  const { id } = await harness.jobs.submitImport({ resource: 'users', format: 'csv', source: bytes(file) })
  // A worker that stops after its first batches.
  await harness.workUntil(async () => ((await harness.jobs.get(id))?.progress.processedRecords ?? 0) > 0)
  const between = (await harness.jobs.get(id))?.progress.processedRecords ?? 0
  harness.work()
  await harness.ended(id)
  expect(between).toBeGreaterThan(0)
  const all = await whole(id)
  expect(all).toHaveLength(27)
  const byCode = await whole(id, { code: 'MISSING_FIELD' })
  expect(byCode.map(brief)).toEqual(all.filter(isWanted({ code: 'MISSING_FIELD' })).map(brief))
})

test('the errors of a job carry its tenant, and those of another tenant are not returned', async () => {
  harness.work()
  const caller = { tenant: "o'brien" }
  const { id } = await harness.jobs.submitImport({
    resource: 'users',
    format: 'csv',
    source: bytes(file),
    caller,
  })
  await harness.ended(id)
  const { pool } = harness.database
  const { rows } = await pool.query('select distinct tenant from lading.record_errors where job_id = $1', [
    id,
  ])
  expect(rows).toEqual([{ tenant: "o'brien" }])

  const all = await whole(id)
  await pool.query(`update lading.record_errors set tenant = 'other' where job_id = $1 and number = 1`, [id])
  const rest = all.slice(1).map(brief)
  expect((await whole(id)).map(brief)).toEqual(rest)
  for (const filter of [
    { code: all[0]?.code },
    { field: all[0]?.field ?? '' },
    { code: all[0]?.code, field: all[0]?.field ?? '' },
  ]) {
    const own = all.slice(1).filter(isWanted(filter)).map(brief)
    expect((await whole(id, filter)).map(brief)).toEqual(own)
  }
  const rejects = await text((await harness.jobs.rejects(id)) as Readable)
  const [, first] = rejects.split('\n')
  expect(first).toContain(`""name"" is required`)
  expect(first).not.toContain(`""email"" is required`)
})
