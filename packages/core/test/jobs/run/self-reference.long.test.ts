// A table that refers to itself, taken along as a job and brought back by workers that follow each other.
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'
import { kindsOfStaff, staffTable } from '../../fixtures/self-reference-fixture.ts'
import { rowsOf } from '../../support.ts'

const harness = jobsHarness({ freshDatabase: true })

test.each(kindsOfStaff)(
  'with %s it comes back unchanged, whichever worker stops midway',
  async (_, resources) => {
    const { pool } = harness.database
    // Each refers to the next one, and to the last.
    await pool.query(`${staffTable};
    insert into staff select n, n % 3, 'c' || n, nullif(n + 1, 301), nullif(300, n), 'c' || least(300, n + 1), (n + 1) % 3,
      'c' || nullif(n + 1, 301) from generate_series(1, 300) n`)
    const before = await rowsOf(pool, 'staff')
    harness.work({ resources })
    const { id } = await harness.jobs.submitBundleExport()
    const { file } = await harness.ended(id)
    expect(file).toMatchObject({ rows: 300 })
    const source = await buffer((await harness.jobs.download(id)) as Readable)
    await harness.stop()
    await pool.query('truncate staff')

    const submitted = await harness.jobsWith({ resources }).submitBundleImport({ source })
    const count = async () => (await pool.query('select from staff')).rowCount ?? 0
    // In batches of three.
    await harness.workUntil(async () => (await count()) > 30, { resources })
    expect(await count()).toBeLessThan(300)
    harness.work({ resources })
    const ended = await harness.ended(String(submitted.jobs[0]?.id))
    expect(ended).toMatchObject({ status: 'completed', progress: { insertedRecords: 300, failedRecords: 0 } })
    expect(await rowsOf(pool, 'staff')).toEqual(before)
  },
)
