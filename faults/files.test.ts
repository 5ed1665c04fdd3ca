// F1, F2, F16, F18, F30: submissions and exports that die on their way, full storages, clients that leave.
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import type { Failpoint } from '../packages/core/src/internal.ts'
import { faultBed } from './support/harness.ts'
import { cleanUp } from './support/clean-up.ts'

const bed = faultBed()

const jobCount = async () => (await bed.pool.query('select from lading.jobs')).rowCount

test.each<Failpoint>(['mid_file', 'before_rename', 'after_spool_before_job_row'])(
  'a submission killed %s leaves no job, and its file is cleaned up',
  async step => {
    const file = bed.file
    const submitting = bed.worker({
      task: { name: 'import', file },
      failpoint: `${step}:${step === 'mid_file' ? 3 : 1}`,
    })
    expect((await submitting.told('fired')).name).toBe(step)
    expect((await submitting.ended).signal).toBe('SIGKILL')
    expect(await jobCount()).toBe(0)
    expect(await bed.files()).toHaveLength(1)
    await cleanUp(bed)
    expect(await bed.files()).toEqual([])
    // Sent again, it is imported once.
    const id = await bed.submit()
    bed.worker()
    await bed.expectExact(id)
  },
)

test('a submission killed after_job_row_before_wake is a job that workers find', async () => {
  const task = { name: 'import', file: bed.file } as const
  const submitting = bed.worker({ task, queueApart: true, failpoint: 'after_job_row_before_wake' })
  await submitting.told('fired')
  await submitting.ended
  const { rows } = await bed.pool.query('select id from lading.jobs')
  expect(rows).toHaveLength(1)
  bed.worker()
  await bed.expectExact(rows[0].id)
})

test.each<[Failpoint, number]>([
  ['mid_file', 5],
  ['before_rename', 1],
  ['after_rename_before_row', 1],
])('an export killed %s never shows half a file, and is done again', async (step, nth) => {
  const imported = await bed.submit()
  const importing = bed.worker()
  await bed.ended(imported)
  importing.send('SIGTERM')
  await importing.ended
  const { id } = await bed.jobs.submitExport({ resource: 'cargo', format: 'csv' })
  const first = bed.worker({ failpoint: `${step}:${nth}` })
  expect((await first.told('fired')).name).toBe(step)
  expect((await first.ended).signal).toBe('SIGKILL')
  expect((await bed.jobs.get(id))?.status).toBe('processing')
  expect(await bed.jobs.download(id)).toBeUndefined()
  const halves = (await bed.files()).filter(file => file.startsWith('exports/'))
  expect(halves).toHaveLength(1)
  expect(halves[0]?.includes('.tmp-')).toBe(step !== 'after_rename_before_row')
  bed.worker()
  await bed.ended(id)
  const stream = await bed.jobs.download(id)
  const text = stream === undefined ? '' : (await buffer(stream)).toString()
  expect(text.trimEnd().split(/\n(?=\d+,)/)).toHaveLength(1 + 19_600)
  await cleanUp(bed)
  // The source of the import, and the export's file.
  await bed.expectExact(imported, { files: 2 })
})

test.each([0, 1, 50, 99])(
  'a client that leaves at %i percent of its upload leaves neither a job nor a file',
  async percent => {
    const csv = await readFile(bed.file)
    const cut = Math.floor((csv.length * percent) / 100)
    async function* leaving() {
      for (let at = 0; at < cut; at += 16_384) yield csv.subarray(at, Math.min(cut, at + 16_384))
      throw new Error('aborted')
    }
    await expect(
      bed.jobs.submitImport({ resource: 'cargo', format: 'csv', source: Readable.from(leaving()) }),
    ).rejects.toThrow()
    expect([await jobCount(), await bed.files()]).toEqual([0, []])
  },
)
