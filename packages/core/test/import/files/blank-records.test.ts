// Blank records of a CSV file: no rows of nulls, one warning that counts them, the same for any batches.
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { RunOptions } from '../../../src/index.ts'
import { leadsFixture } from '../../fixtures/leads-fixture.ts'

const harness = leadsFixture()

const counted = (count: number) => ({
  code: 'BLANK_RECORDS',
  detail: count === 1 ? '1 blank record was skipped' : `${count} blank records were skipped`,
  count,
})

/** Rows 2, 5, 6 and 9 hold something; row 6 is rejected. */
const file = 'full_name,email,score\nAnn,a@x,1\n,,\n,,\nBob,b@x,2\nCyd,c@x,much\n,\n,,,,\nDan,d@x,4\n,,\n,,\n'
const rows = [
  { full_name: 'Ann', email: 'a@x', score: '1' },
  { full_name: 'Bob', email: 'b@x', score: '2' },
  { full_name: 'Dan', email: 'd@x', score: '4' },
]

describe.each([1, 2, 3, 1_000])('in batches of %i', batchRows => {
  test('they are skipped and counted, and later rows keep their numbers', async () => {
    const {
      report,
      errors,
      rows: found,
    } = await harness.run({ format: 'csv', source: Buffer.from(file) }, batchRows)
    expect(found).toEqual(rows)
    expect(errors).toEqual(['6 score INVALID_SCORE'])
    expect(report).toMatchObject({ processed: 4, successful: 3, failed: 1, warnings: [counted(6)] })
  })

  test('an import that maxErrors stops counts those before the record that stopped it', async () => {
    const run = { format: 'csv', source: Buffer.from(file), maxErrors: 1 }
    const { report, fault } = await harness.run(run, batchRows)
    expect(fault?.code).toBe('TOO_MANY_ERRORS')
    expect(report).toMatchObject({ processed: 3, failed: 1, unprocessed: 1, warnings: [counted(2)] })
  })

  test('an import whose last record is the last one allowed to be rejected counts those after it', async () => {
    const source = Buffer.from('email,score\na@x,1\n,\nb@x,much\n,\n,\n')
    const { report, fault } = await harness.run({ format: 'csv', source, maxErrors: 1 }, batchRows)
    expect(fault).toBeUndefined()
    expect(report).toMatchObject({ processed: 2, unprocessed: 0, warnings: [counted(3)] })
  })

  test('a fault after them does not change the count', async () => {
    const source = Buffer.from('email,city\na@x,1\n,\nb@x,1\n,\n,"\n')
    const { report, fault } = await harness.run({ format: 'csv', source, maxErrors: 5 }, batchRows)
    expect(fault?.code).toBe('FILE_PARSE_ERROR')
    expect(report).toMatchObject({ processed: 2, warnings: [counted(2)] })
  })
})

test.each<[name: string, options: Partial<RunOptions>, inserted: number]>([
  ['a dry run', { dryRun: true }, 3],
  ['on_conflict=ignore', { onConflict: 'ignore' }, 3],
  ['on_conflict=update', { onConflict: 'update' }, 3],
])('%s counts the same', async (_, options, inserted) => {
  const { report } = await harness.run({ format: 'csv', source: Buffer.from(file), ...options }, 2)
  expect(report).toMatchObject({ processed: 4, inserted, failed: 1, warnings: [counted(6)] })
})

test('an atomic import counts them whether it commits or not', async () => {
  const good = file.replace('much', '3')
  const whole = await harness.run({ format: 'csv', source: Buffer.from(good), atomic: true }, 2)
  expect(whole.report).toMatchObject({ inserted: 4, warnings: [counted(6)] })
  const refused = await harness.run({ format: 'csv', source: Buffer.from(file), atomic: true }, 2)
  expect(refused.fault?.code).toBe('IMPORT_ROLLED_BACK')
  expect(refused.report).toMatchObject({ inserted: 0, warnings: [{ code: 'NOTHING_IMPORTED' }, counted(6)] })
})

test.each<[name: string, source: Buffer, options: Partial<RunOptions>]>([
  ['UTF-16', Buffer.from(`\ufeff${file}`, 'utf16le'), {}],
  ['gzip', gzipSync(file), { compression: 'gzip' }],
  ['semicolons', Buffer.from(file.replaceAll(',', ';')), {}],
  ['TABs', Buffer.from(file.replaceAll(',', '\t')), {}],
  ['CR LF with a byte order mark', Buffer.from(`\ufeff${file.replaceAll('\n', '\r\n')}`), {}],
])('a file in %s', async (_, source, options) => {
  const { report, rows: found } = await harness.run({ format: 'csv', source, ...options }, 2)
  expect(found).toEqual(rows)
  expect(report.warnings).toEqual([counted(6)])
})

test('a file of nothing else imports nothing, and reports why', async () => {
  const { report, rows: found } = await harness.run({
    format: 'csv',
    source: Buffer.from('email,city\n,\n,\n,\n'),
  })
  expect(found).toEqual([])
  expect(report).toMatchObject({ processed: 0, warnings: [counted(3)] })
})

test('the file of rejected records contains none, and is read without treating its own records as blank', async () => {
  const rejects = new PassThrough()
  const given = text(rejects)
  await harness.run({ format: 'csv', source: Buffer.from('score,city\n,\n?,\n,\n!,\n'), rejects }, 1)
  const back = await given
  expect(back.split('\n').map(line => line.replace(/^.*",/, ''))).toEqual([
    'lading_error,score,city',
    '?,',
    '!,',
    '',
  ])
  const again = await harness.run({ format: 'csv', source: Buffer.from(back.replaceAll('?,', ',')) })
  expect(again.report).toMatchObject({ processed: 2, inserted: 1, failed: 1, warnings: [] })
})

test('in a file with one column, a blank line is still a record', async () => {
  const { report, rows: found } = await harness.run({
    format: 'csv',
    source: Buffer.from('city\nUlm\n\nBonn\n'),
  })
  expect(found).toEqual([{ city: 'Ulm' }, {}, { city: 'Bonn' }])
  expect(report.warnings).toEqual([])
})
