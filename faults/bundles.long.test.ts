// F30 and F2 for bundles: exports that die at any step, and submissions that die between the upload and its jobs.
import { writeFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { Failpoint } from '../packages/core/src/internal.ts'
import { cleanUp } from './support/clean-up.ts'
import { faultHarness } from './support/harness.ts'

const harness = faultHarness()

/** 2 in 100 records of the file are rejected. */
const imported = 19_600

async function withCargo(): Promise<void> {
  const id = await harness.submit()
  const importing = harness.worker()
  await harness.ended(id)
  importing.send('SIGTERM')
  await importing.ended
}

/** A bundle is tar: the rows of its files stand in it as they are. */
async function rowsOf(id: string): Promise<number> {
  const stream = await harness.jobs.download(id)
  if (stream === undefined) return 0
  return (
    gunzipSync(await buffer(stream))
      .toString('latin1')
      .match(/\{"ref":/g)?.length ?? 0
  )
}

/** The name of the step, how often it is passed before, and which of the files is being written then. */
test.each<[Failpoint, number, string]>([
  ['mid_file', 5, 'a part'],
  ['before_rename', 1, 'the first part'],
  ['before_rename', 2, 'the second part'],
  ['before_rename', 3, 'the bundle'],
  ['after_rename_before_row', 1, 'nothing any more'],
])('a bundle export killed %s (%i: %s) publishes nothing, and is repeated', async (step, nth) => {
  await withCargo()
  const { id } = await harness.jobs.submitBundleExport({ resources: ['cargo', 'users'] })
  const first = harness.worker({ failpoint: `${step}:${nth}` })
  expect((await first.reported('fired')).name).toBe(step)
  expect((await first.ended).signal).toBe('SIGKILL')
  expect((await harness.jobs.get(id))?.status).toBe('processing')
  expect(await harness.jobs.download(id)).toBeUndefined()
  const left = (await harness.files()).filter(file => file.startsWith('exports/'))
  expect(left.length).toBeGreaterThan(0)
  const isWhole = left.some(file => file.endsWith('/1.tar.gz'))
  expect(isWhole).toBe(step === 'after_rename_before_row')
  harness.worker()
  await harness.ended(id)
  expect(await rowsOf(id)).toBe(imported)
  expect((await harness.jobs.get(id))?.file).toMatchObject({ rows: imported, key: `exports/${id}/2.tar.gz` })
  await cleanUp(harness)
  // The source of the import, and the bundle.
  expect((await harness.files()).filter(file => !file.startsWith('imports/'))).toEqual([
    `exports/${id}/2.tar.gz`,
  ])
})

test('a worker that was considered dead publishes nothing, and takes nothing from its successor', async () => {
  await withCargo()
  const { id } = await harness.jobs.submitBundleExport({ resources: ['cargo', 'users'] })
  const first = harness.worker({ failpoint: 'before_rename:3:SIGSTOP' })
  await first.reported('fired')
  const second = harness.worker()
  await harness.ended(id)
  expect(await rowsOf(id)).toBe(imported)
  first.send('SIGCONT')
  first.send('SIGTERM')
  await first.ended
  second.send('SIGTERM')
  await second.ended
  expect((await harness.files()).filter(file => file.startsWith('exports/'))).toEqual([
    `exports/${id}/2.tar.gz`,
  ])
  expect(await rowsOf(id)).toBe(imported)
})

/** A bundle of the rows of the file, and the database without them. */
async function bundleFile(): Promise<string> {
  await withCargo()
  const { id } = await harness.jobs.submitBundleExport({ resources: ['cargo', 'users'] })
  const exporting = harness.worker()
  await harness.ended(id)
  exporting.send('SIGTERM')
  await exporting.ended
  const stream = await harness.jobs.download(id)
  const file = `${harness.file}.tar.gz`
  await writeFile(file, stream === undefined ? '' : await buffer(stream))
  await harness.pool.query('truncate cargo; delete from lading.jobs')
  await cleanUp(harness)
  expect(await harness.files()).toEqual([])
  return file
}

test.each<[Failpoint, number]>([
  ['mid_file', 3],
  ['before_rename', 2],
  ['after_spool_before_job_row', 1],
])('a bundle submission killed %s leaves no job, and its files are cleaned up', async (step, nth) => {
  const file = await bundleFile()
  const submitting = harness.worker({ task: { name: 'import-bundle', file }, failpoint: `${step}:${nth}` })
  expect((await submitting.reported('fired')).name).toBe(step)
  expect((await submitting.ended).signal).toBe('SIGKILL')
  expect((await harness.pool.query('select from lading.jobs')).rowCount).toBe(0)
  expect((await harness.files()).length).toBeGreaterThan(0)
  await cleanUp(harness)
  expect(await harness.files()).toEqual([])
})

test('a bundle submission killed after_job_row_before_wake is a chain that workers find', async () => {
  const file = await bundleFile()
  const task = { name: 'import-bundle', file } as const
  const submitting = harness.worker({ task, queueApart: true, failpoint: 'after_job_row_before_wake' })
  await submitting.reported('fired')
  await submitting.ended
  const { rows: jobs } = await harness.pool.query('select id from lading.jobs order by number')
  expect(jobs).toHaveLength(2)
  const worker = harness.worker({ failpoint: 'after_claim:2' })
  // Killed between the two imports; another worker continues with the second.
  expect((await worker.ended).signal).toBe('SIGKILL')
  harness.worker()
  for (const { id } of jobs) expect((await harness.ended(id)).status).toBe('completed')
  expect((await harness.pool.query('select from cargo')).rowCount).toBe(imported)
})
