// What every job needs is away: jobs wait, however often they have tried, and end as if nothing had happened.
import { readdir, rename } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { JobsOptions, Outage } from '../../../src/index.ts'
import { file, jobsHarness } from '../../fixtures/jobs-harness.ts'
import { bytes } from '../../support.ts'

const harness = jobsHarness()
let outages: Outage[] = []
beforeEach(() => {
  outages = []
})
afterEach(async () => {
  await harness.stop()
})

const onOutage: JobsOptions['onOutage'] = outage => void outages.push(outage)
const reported = () => outages.map(({ event, code }) => `${event} ${code}`)

/** Every pause is over at once, also one that began since the caller looked, unless the job has met that many outages. */
const hurry = (untilOutages = 1_000_000) =>
  harness.database.pool.query(
    `update lading.jobs set due_at = now()
     where status = 'pending' and due_at < now() + interval '1 hour' and outages < $1`,
    [untilOutages],
  )

/** A worker that has looked at its folder is about to claim. */
async function waitsForTheLock(): Promise<void> {
  const sql = `select from pg_locks where relation = 'lading.jobs'::regclass and not granted`
  await expect.poll(async () => (await harness.database.pool.query(sql)).rowCount).toBeGreaterThan(0)
}

async function triedOften(id: string, times: number): Promise<void> {
  const outagesOf = async () => {
    await hurry()
    const { rows } = await harness.database.pool.query('select outages from lading.jobs where id = $1', [id])
    return rows[0].outages
  }
  await expect.poll(outagesOf, { interval: 5 }).toBeGreaterThanOrEqual(times)
}

async function ended(id: string) {
  await expect
    .poll(
      async () => {
        await hurry()
        return (await harness.jobs.get(id))?.status
      },
      { interval: 5 },
    )
    .toMatch(/completed|failed|cancelled/)
  return harness.jobs.get(id)
}

const kinds = {
  import: () => harness.jobs.submitImport({ resource: 'users', format: 'csv', source: bytes(file) }),
  'dry run': () =>
    harness.jobs.submitImport({ resource: 'users', format: 'csv', source: bytes(file), dryRun: true }),
  'atomic import': () =>
    harness.jobs.submitImport({
      resource: 'users',
      format: 'csv',
      source: bytes('email,name,role,active\na@example.org,A,reader,true\nb@example.org,B,reader,true\n'),
      atomic: true,
    }),
  export: () => harness.jobs.submitExport({ resource: 'users', format: 'csv' }),
} as const

describe.each(Object.keys(kinds) as (keyof typeof kinds)[])('%s', kind => {
  test('an unavailable folder', async () => {
    const { id } = await kinds[kind]()
    const away = `${harness.folder}-away`
    const holder = await harness.database.pool.connect()
    // The worker has opened the folder, but not the file, when it disappears.
    await holder.query('begin; lock table lading.jobs in share mode')
    harness.work({ onOutage })
    await waitsForTheLock()
    await rename(harness.folder, away)
    await holder.query('commit')
    holder.release()
    await triedOften(id, 7)
    await expect.poll(async () => (await harness.jobs.get(id))?.waitingFor?.code).toBe('STORAGE_UNAVAILABLE')
    expect((await harness.jobs.health()).storage).toBe(false)
    expect(await readdir(dirname(harness.folder))).not.toContain(basename(harness.folder))
    await rename(away, harness.folder)
    expect(await ended(id)).toMatchObject({ status: 'completed', errorCode: null })
    await expect.poll(reported).toEqual(['began STORAGE_UNAVAILABLE', 'over STORAGE_UNAVAILABLE'])
  })
})

test('a single file that is missing from the folder is the fault of its job', async () => {
  const { id } = await kinds.import()
  await harness.forgetFiles()
  harness.work({ onOutage })
  expect(await ended(id)).toMatchObject({ status: 'failed', errorCode: 'STORAGE_NOT_FOUND' })
  expect(reported()).toEqual([])
})

describe('a waiting job', () => {
  async function waiting() {
    return lose(await kinds.import())
  }

  /** Takes the folder away, and has the job meet that. */
  async function lose({ id }: { readonly id: string }) {
    const away = `${harness.folder}-away`
    await harness.database.pool.query(
      `update lading.jobs set due_at = now() + interval '1 day' where id = $1`,
      [id],
    )
    harness.work({ onOutage })
    await expect.poll(async () => (await harness.jobs.health()).storage).toBe(true)
    await rename(harness.folder, away)
    await harness.database.pool.query('update lading.jobs set due_at = now() where id = $1', [id])
    await triedOften(id, 2)
    return { id, free: () => rename(away, harness.folder) }
  }

  test('can be cancelled', async () => {
    const { id, free } = await waiting()
    await harness.jobs.cancel(id)
    expect(await harness.jobs.get(id)).toMatchObject({ status: 'cancelled', waitingFor: null })
    await free()
  })

  test('fails at the limit with the fault that it waited for, and can be retried', async () => {
    const { id, free } = await waiting()
    await harness.database.pool.query(
      `update lading.jobs set outage_since = outage_since - interval '24 hours' where id = $1`,
      [id],
    )
    expect(await ended(id)).toMatchObject({
      status: 'failed',
      errorCode: 'STORAGE_UNAVAILABLE',
      errorMessage: expect.stringContaining('The storage folder is missing'),
    })
    await free()
    await harness.jobs.retry(id)
    expect(await ended(id)).toMatchObject({ status: 'completed', errorCode: null })
  })

  test('pauses longer each time, and never longer than 75 seconds', async () => {
    const { id, free } = await waiting()
    const pause = `select extract(epoch from due_at - clock_timestamp())::float8 as seconds from lading.jobs
      where id = $1 and status = 'pending' and outages = $2`
    const pauseOf = async (outages: number) =>
      Number((await harness.database.pool.query(pause, [id, outages])).rows[0]?.seconds ?? 0)
    for (const [outages, least, most] of [
      [7, 11, 20],
      [40, 44, 75],
    ] as const) {
      await harness.database.pool.query('update lading.jobs set outages = $2 where id = $1', [
        id,
        outages - 1,
      ])
      const tried = async () => {
        const pause = await pauseOf(outages)
        if (pause === 0) await hurry(outages)
        return pause
      }
      await expect.poll(tried, { interval: 5 }).toBeGreaterThan(least)
      expect(await pauseOf(outages)).toBeLessThanOrEqual(most)
    }
    await free()
  })
})
