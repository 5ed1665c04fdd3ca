// A stored file that was changed or damaged is never imported or given out as the one that was sent.
import { appendFile, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { isShortRun } from '../../../../../test-support/run-length.ts'
import type { ImportOptions } from '../../../src/index.ts'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'

const harness = jobsHarness()

const people = Array.from({ length: 60 }, (_, index) => ({
  email: `p${String(index).padStart(3, '0')}@example.org`,
  name: `Person ${index}`,
  role: 'reader',
  active: true,
}))
const csv = `email,name,role,active\n${people.map(one => `${Object.values(one).join()}\n`).join('')}`
const ndjson = people.map(one => `${JSON.stringify(one)}\n`).join('')

const files: readonly (readonly [string, string, Buffer, ImportOptions])[] = [
  ['CSV', 'csv', Buffer.from(csv), {}],
  ['NDJSON', 'ndjson', Buffer.from(ndjson), {}],
  ['a JSON array', 'json', Buffer.from(JSON.stringify(people)), {}],
  ['gzip', 'csv', gzipSync(csv), { compression: 'gzip' }],
  ['UTF-16', 'csv', Buffer.from(`\ufeff${csv}`, 'utf16le'), {}],
  ['an atomic import', 'csv', Buffer.from(csv), { atomic: true }],
  ['a dry run', 'csv', Buffer.from(csv), { dryRun: true }],
]

/** The only stored file. */
async function storedPath(): Promise<string> {
  const names = (await readdir(harness.folder, { recursive: true, withFileTypes: true })).filter(
    entry => entry.isFile() && !entry.name.startsWith('.'),
  )
  expect(names).toHaveLength(1)
  return join(names[0]?.parentPath ?? '', names[0]?.name ?? '')
}

const damages: readonly (readonly [string, (path: string, bytes: Buffer) => Promise<void>])[] = [
  [
    'cut at a line',
    (path, bytes) => truncate(path, Math.max(bytes.lastIndexOf('\n', bytes.length / 2) + 1, 1)),
  ],
  ['a byte longer', path => appendFile(path, '\n')],
  ['a bit flipped in the middle', (path, bytes) => writeFile(path, flipped(bytes, bytes.length >> 1))],
  ['a bit flipped in the last byte', (path, bytes) => writeFile(path, flipped(bytes, bytes.length - 1))],
  ['another file of the same length', (path, bytes) => writeFile(path, swapped(bytes))],
]

function flipped(bytes: Buffer, at: number): Buffer {
  const other = Buffer.from(bytes)
  other[at] = (other[at] ?? 0) ^ 1
  return other
}

/** Two records are swapped, where that can be detected; otherwise the bytes are reordered. */
function swapped(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1')
  const other = text.replace('p010@', 'p0zz@').replace('p020@', 'p010@').replace('p0zz@', 'p020@')
  return other === text ? Buffer.from(bytes).reverse() : Buffer.from(other, 'latin1')
}

const inShort = ['CSV', 'a JSON array', 'gzip', 'an atomic import']

/** Every damage to one kind of file, and the least to all of them. */
const cases = files.flatMap(([what, format, source, settings], index) =>
  damages
    .filter(() => !isShortRun || inShort.includes(what))
    .filter(([damage]) => index === 0 || damage === 'a bit flipped in the last byte')
    .map(([name, damage]) => ({ what, format, source, settings, name, damage })),
)

test.each(cases)('$what, $name: the job fails, and counts what is in the table', async one => {
  const { format, source, settings, damage } = one
  const { id } = await harness.jobs.submitImport({ resource: 'users', format, source, ...settings })
  const path = await storedPath()
  await damage(path, await readFile(path))
  harness.work()
  const job = await harness.ended(id)
  expect([job.status, job.errorCode]).toEqual(['failed', 'STORAGE_CORRUPT'])
  const { rows } = await harness.database.pool.query('select count(*)::int as count from users')
  expect(job.progress.successfulRecords).toBe(rows[0]?.count)
  expect(rows[0]?.count).toBeLessThan(60)
})

test('an import does not resume from a file that was damaged between two attempts', async () => {
  const { id } = await harness.jobs.submitImport({
    resource: 'users',
    format: 'csv',
    source: Buffer.from(csv),
  })
  const path = await storedPath()
  const bytes = await readFile(path)
  const isHalfWay = async () => ((await harness.jobs.get(id))?.progress.processedRecords ?? 0) >= 9
  await harness.workUntil(isHalfWay, {})
  await writeFile(path, flipped(bytes, 40))
  harness.work()
  expect(await harness.ended(id)).toMatchObject({ status: 'failed', errorCode: 'STORAGE_CORRUPT' })
})

const many = Array.from(
  { length: 1500 },
  (_, index) => `p${String(index).padStart(4, '0')}@example.org,${'Person '.repeat(25)},reader,true\n`,
)
const long = Buffer.from(`email,name,role,active\n${many.join('')}`)

test.each<[string, Buffer, ImportOptions]>([
  ['CSV', long, {}],
  ['gzip', gzipSync(long, { level: 0 }), { compression: 'gzip' }],
])(
  '%s: an import does not resume from a file that was damaged during one attempt, even if it is intact again',
  async (_, source, settings) => {
    const { id } = await harness.jobs.submitImport({ resource: 'users', format: 'csv', source, ...settings })
    const path = await storedPath()
    // Another name in a record that the first attempt puts into the table.
    await writeFile(path, flipped(source, source.indexOf('Person')))
    await harness.workUntil(async () => ((await harness.jobs.get(id))?.progress.processedRecords ?? 0) >= 9)
    expect(await harness.jobs.get(id)).toMatchObject({ status: 'pending' })
    await writeFile(path, source)
    harness.work()
    const job = await harness.ended(id)
    expect([job.status, job.errorCode]).toEqual(['failed', 'STORAGE_CORRUPT'])
    const { rows } = await harness.database.pool.query('select count(*)::int as count from users')
    expect(job.progress.successfulRecords).toBe(rows[0]?.count)
  },
)

describe('the file of an export', () => {
  test.each(damages)('%s: a download breaks before its end', async (_damaged, damage) => {
    await harness.database.pool.query(
      `insert into users (email, name, role, active) select 'p' || lpad(n::text, 3, '0') || '@example.org', 'P', 'reader', true from generate_series(1, 60) n`,
    )
    const { id } = await harness.jobs.submitExport({ resource: 'users', format: 'csv' })
    harness.work()
    expect(await harness.ended(id)).toMatchObject({ status: 'completed' })
    const path = await storedPath()
    await damage(path, await readFile(path))
    const download = async () => {
      const stream = await harness.jobs.download(id)
      return stream && buffer(stream)
    }
    await expect(download()).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' })
  })

  test('a part of a truncated file is not served', async () => {
    const { id } = await harness.jobs.submitExport({ resource: 'users', format: 'csv' })
    harness.work()
    await harness.ended(id)
    const path = await storedPath()
    await truncate(path, 3)
    await expect(harness.jobs.download(id, { start: 0, end: 2 })).rejects.toMatchObject({
      code: 'STORAGE_CORRUPT',
    })
  })
})

test('rejected records of a truncated file are not returned', async () => {
  const source = Buffer.from(`${csv}bad,B,reader,true\n`)
  const { id } = await harness.jobs.submitImport({ resource: 'users', format: 'csv', source })
  harness.work()
  expect(await harness.ended(id)).toMatchObject({ status: 'completed', progress: { failedRecords: 1 } })
  await appendFile(await storedPath(), '\n')
  await expect(harness.jobs.rejects(id)).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' })
})

test('nor are those of a file with a flipped bit, wherever that is', async () => {
  const source = Buffer.from(`${csv}bad,B,reader,true\n`)
  const { id } = await harness.jobs.submitImport({ resource: 'users', format: 'csv', source })
  harness.work()
  expect(await harness.ended(id)).toMatchObject({ status: 'completed', progress: { failedRecords: 1 } })
  const path = await storedPath()
  for (const at of [30, source.length - 3]) {
    await writeFile(path, flipped(source, at))
    const stream = await harness.jobs.rejects(id)
    await expect(stream && buffer(stream)).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' })
  }
  await writeFile(path, source)
  const stream = await harness.jobs.rejects(id)
  expect(stream && String(await buffer(stream))).toContain('bad,B,reader,true')
})
