// Stored files are read again and compared on request, or slowly by the janitor; this changes nothing.
import { createHash } from 'node:crypto'
import { readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type JobsOptions, type LadingError, type Metrics, noopMetrics } from '../../../src/index.ts'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'
import { bytes } from '../../support.ts'

const harness = jobsHarness()

const csv = bytes('email,name,role,active\na@example.org,A,reader,true\n')
const submit = () => harness.jobs.submitImport({ resource: 'users', format: 'csv', source: csv })
const pathOf = async (id: string) => {
  const sql = 'select coalesce(file_key, source_key) as key from lading.jobs where id = $1'
  return join(harness.folder, (await harness.database.pool.query(sql, [id])).rows[0].key)
}

async function flip(path: string): Promise<void> {
  const content = await readFile(path)
  content[3] = (content[3] ?? 0) ^ 1
  await writeFile(path, content)
}

const damages: readonly (readonly [string, (path: string) => Promise<void>, string, RegExp])[] = [
  ['intact', async () => undefined, 'whole', /^The source file has the 51 bytes that were stored\.$/],
  [
    'with a flipped bit',
    flip,
    'corrupt',
    /has different content; it was changed or damaged after it was stored/,
  ],
  ['that was cut', path => truncate(path, 7), 'corrupt', /has 7 bytes instead of 51/],
  ['that was deleted', path => rm(path), 'missing', /is not in the storage/],
]

test('sources: an intact one, and three that were damaged', async () => {
  const sha256 = createHash('sha256').update(csv).digest('hex')
  for (const [name, damage, state, detail] of damages) {
    const { id } = await submit()
    await damage(await pathOf(id))
    const files = await harness.jobs.verify(id)
    expect(files, name).toMatchObject([
      { jobId: id, what: 'source', resource: 'users', size: 51, sha256, state },
    ])
    expect(files?.[0]?.detail, name).toMatch(detail)
    expect((await harness.jobs.get(id))?.status).toBe('pending')
  }
})

test('the file of an export, the parts of a bundle, and files that are no longer kept', async () => {
  harness.work()
  const { id: exportId } = await harness.jobs.submitBundleExport({ resources: ['users', 'articles'] })
  await harness.ended(exportId)
  expect(await harness.jobs.verify(exportId)).toMatchObject([
    { what: 'export', resource: '*', state: 'whole' },
  ])
  const bundle = await readFile(await pathOf(exportId))
  const { jobs } = await harness.jobs.submitBundleImport({ source: bundle })
  const [first, second] = jobs.map(({ id }) => id)
  await harness.ended(second ?? '')
  await flip(await pathOf(exportId))
  await rm(await pathOf(second ?? ''))
  expect(await harness.jobs.verify(exportId)).toMatchObject([{ what: 'export', state: 'corrupt' }])
  // Either import of a bundle stands for all of it.
  for (const id of [first, second]) {
    expect(await harness.jobs.verify(id ?? '')).toMatchObject([
      { jobId: first, resource: 'users', state: 'whole' },
      { jobId: second, resource: 'articles', state: 'missing' },
    ])
  }
  await harness.jobs.deleteFile(exportId)
  expect(await harness.jobs.verify(exportId)).toEqual([])
  expect(await harness.jobs.verify('00000000-0000-4000-8000-000000000000')).toBeUndefined()
})

test('the janitor reads stored files if so configured, reports damaged ones, and deletes nothing', async () => {
  const [whole, flipped, gone] = [await submit(), await submit(), await submit()]
  await flip(await pathOf(flipped.id))
  await rm(await pathOf(gone.id))
  const heard: [string, string | undefined][] = []
  const seen: string[] = []
  const metrics: Metrics = {
    ...noopMetrics,
    verified: ({ state, bytes }) => void seen.push(`${state} ${bytes}`),
  }
  const verifying = (verifyStored: NonNullable<JobsOptions['verifyStored']>) =>
    harness.jobsWith({
      verifyStored,
      metrics,
      onError: (error, { jobId }) => void heard.push([(error as LadingError).code, jobId]),
    })
  const run = async (verifyStored: NonNullable<JobsOptions['verifyStored']>, until: () => boolean) => {
    const stopping = new AbortController()
    // Of two processes, one takes the turn.
    const working = [1, 2].map(() =>
      verifying(verifyStored).work({ signal: stopping.signal, imports: 0, exports: 0 }),
    )
    await expect.poll(until).toBe(true)
    stopping.abort()
    await Promise.all(working)
  }
  await run(true, () => seen.length === 3)
  expect(seen).toEqual(['whole 51', 'corrupt 51', 'missing 51'])
  expect(heard).toEqual([
    ['STORAGE_CORRUPT', flipped.id],
    ['STORAGE_NOT_FOUND', gone.id],
  ])
  expect(await readFile(await pathOf(flipped.id))).toHaveLength(51)
  expect(await readFile(await pathOf(whole.id))).toEqual(csv)

  // The turn was taken a moment ago, by whichever process.
  const { rows } = await harness.database.pool.query(
    `select extract(epoch from next_at - clock_timestamp())::int as seconds from lading.chores where name like 'verify %'`,
  )
  expect(rows[0]?.seconds).toBeGreaterThan(20 * 3600)
  await harness.database.pool.query(
    `update lading.chores set next_at = clock_timestamp() where name like 'verify %'`,
  )
  await run({ bytesPerSecond: 1024 * 1024, everySeconds: 3_600 }, () => seen.length === 6)
})

test('the janitor reads no more bytes per second than configured', async () => {
  const lines = Array.from({ length: 60 }, (_, index) => `p${index}@example.org,A,reader,true\n`)
  const source = bytes(`email,name,role,active\n${lines.join('')}`)
  await harness.jobs.submitImport({ resource: 'users', format: 'csv', source })
  const seen: string[] = []
  const metrics: Metrics = { ...noopMetrics, verified: ({ state }) => void seen.push(state) }
  const jobs = harness.jobsWith({ verifyStored: { bytesPerSecond: 1024 }, metrics })
  const stopping = new AbortController()
  const begun = performance.now()
  const working = jobs.work({ signal: stopping.signal, imports: 0, exports: 0 })
  await expect.poll(() => seen, { timeout: 20_000 }).toEqual(['whole'])
  expect(performance.now() - begun).toBeGreaterThan((source.length / 1024) * 1_000 - 100)
  stopping.abort()
  await working
})

test('invalid options of the janitor are rejected', () => {
  const wrong = (verifyStored: NonNullable<JobsOptions['verifyStored']>) => () =>
    harness.jobsWith({ verifyStored })
  expect(wrong({ bytesPerSecond: 0 })).toThrow('verifyStored.bytesPerSecond must be a whole number from 1024')
  expect(wrong({ everySeconds: 0.5 })).toThrow('verifyStored.everySeconds must be a whole number from 1')
})
