// F1, F2, F16, F18, F30: submissions and exports that die on their way, full storages, clients that leave.
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import type { Failpoint } from '../packages/core/src/internal.ts'
import { cleanUp } from './support/clean-up.ts'
import { faultHarness } from './support/harness.ts'

const harness = faultHarness()

const jobCount = async () => (await harness.pool.query('select from lading.jobs')).rowCount

test.each<Failpoint>(['mid_file', 'before_rename', 'after_spool_before_job_row'])(
  'a submission killed %s leaves no job, and its file is cleaned up',
  async step => {
    const file = harness.file
    const submitting = harness.worker({
      task: { name: 'import', file },
      failpoint: `${step}:${step === 'mid_file' ? 3 : 1}`,
    })
    expect((await submitting.reported('fired')).name).toBe(step)
    expect((await submitting.ended).signal).toBe('SIGKILL')
    expect(await jobCount()).toBe(0)
    expect(await harness.files()).toHaveLength(1)
    await cleanUp(harness)
    expect(await harness.files()).toEqual([])
    // Sent again, it is imported once.
    const id = await harness.submit()
    harness.worker()
    await harness.expectExact(id)
  },
)

test('a submission killed after_job_row_before_wake is a job that workers find', async () => {
  const task = { name: 'import', file: harness.file } as const
  const submitting = harness.worker({ task, queueApart: true, failpoint: 'after_job_row_before_wake' })
  await submitting.reported('fired')
  await submitting.ended
  const { rows } = await harness.pool.query('select id from lading.jobs')
  expect(rows).toHaveLength(1)
  harness.worker()
  await harness.expectExact(rows[0].id)
})

test.each<[Failpoint, number]>([
  ['mid_file', 5],
  ['before_rename', 1],
  ['after_rename_before_row', 1],
])('an export killed %s never publishes half a file, and is repeated', async (step, nth) => {
  const imported = await harness.submit()
  const importing = harness.worker()
  await harness.ended(imported)
  importing.send('SIGTERM')
  await importing.ended
  const { id } = await harness.jobs.submitExport({ resource: 'cargo', format: 'csv' })
  const first = harness.worker({ failpoint: `${step}:${nth}` })
  expect((await first.reported('fired')).name).toBe(step)
  expect((await first.ended).signal).toBe('SIGKILL')
  expect((await harness.jobs.get(id))?.status).toBe('processing')
  expect(await harness.jobs.download(id)).toBeUndefined()
  const halves = (await harness.files()).filter(file => file.startsWith('exports/'))
  expect(halves).toHaveLength(1)
  expect(halves[0]?.includes('.tmp-')).toBe(step !== 'after_rename_before_row')
  harness.worker()
  await harness.ended(id)
  const stream = await harness.jobs.download(id)
  const text = stream === undefined ? '' : (await buffer(stream)).toString()
  expect(text.trimEnd().split(/\n(?=\d+,)/)).toHaveLength(1 + 19_600)
  await cleanUp(harness)
  // The source of the import, and the export's file.
  await harness.expectExact(imported, { files: 2 })
})

test.each([0, 1, 50, 99])(
  'a client that disconnects at %i percent of its upload leaves neither a job nor a file',
  async percent => {
    const csv = await readFile(harness.file)
    const cut = Math.floor((csv.length * percent) / 100)
    async function* leaving() {
      for (let at = 0; at < cut; at += 16_384) yield csv.subarray(at, Math.min(cut, at + 16_384))
      throw new Error('aborted')
    }
    await expect(
      harness.jobs.submitImport({ resource: 'cargo', format: 'csv', source: Readable.from(leaving()) }),
    ).rejects.toThrow()
    expect([await jobCount(), await harness.files()]).toEqual([0, []])
  },
)
