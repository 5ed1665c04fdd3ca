// What every job needs is away: jobs wait, however often they have tried, and end as if nothing had happened.
import { readdir, rename } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { JobsOptions, Outage } from '../../../src/index.ts'
import { file, jobsBed } from '../../fixtures/jobs-harness.ts'
import { bytes } from '../../support.ts'

const bed = jobsBed()
let outages: Outage[] = []
beforeEach(() => {
  outages = []
})
afterEach(async () => {
  await bed.stop()
})

const onOutage: JobsOptions['onOutage'] = outage => void outages.push(outage)
const told = () => outages.map(({ event, code }) => `${event} ${code}`)

/** Every pause is over at once. */
const hurry = () =>
  bed.database.pool.query(
    `update lading.jobs set due_at = now() where status = 'pending' and due_at < now() + interval '1 hour'`,
  )

/** A worker that has looked at its folder is about to claim. */
async function waitsForTheLock(): Promise<void> {
  const sql = `select from pg_locks where relation = 'lading.jobs'::regclass and not granted`
  await expect.poll(async () => (await bed.database.pool.query(sql)).rowCount).toBeGreaterThan(0)
}

async function triedOften(id: string, times: number): Promise<void> {
  const outagesOf = async () => {
    await hurry()
    const { rows } = await bed.database.pool.query('select outages from lading.jobs where id = $1', [id])
    return rows[0].outages
  }
  await expect.poll(outagesOf, { interval: 5 }).toBeGreaterThanOrEqual(times)
}

async function ended(id: string) {
  await expect
    .poll(
      async () => {
        await hurry()
        return (await bed.jobs.get(id))?.status
      },
      { interval: 5 },
    )
    .toMatch(/completed|failed|cancelled/)
  return bed.jobs.get(id)
}

const kinds = {
  import: () => bed.jobs.submitImport({ resource: 'users', format: 'csv', source: bytes(file) }),
  'dry run': () =>
    bed.jobs.submitImport({ resource: 'users', format: 'csv', source: bytes(file), dryRun: true }),
  'atomic import': () =>
    bed.jobs.submitImport({
      resource: 'users',
      format: 'csv',
      source: bytes('email,name,role,active\na@example.org,A,reader,true\nb@example.org,B,reader,true\n'),
      atomic: true,
    }),
  export: () => bed.jobs.submitExport({ resource: 'users', format: 'csv' }),
} as const

describe.each(Object.keys(kinds) as (keyof typeof kinds)[])('%s', kind => {
  test('a folder that is away', async () => {
    const { id } = await kinds[kind]()
    const away = `${bed.folder}-away`
    const holder = await bed.database.pool.connect()
    // The worker has used the folder, and none of the file, when it goes.
    await holder.query('begin; lock table lading.jobs in share mode')
    bed.work({ onOutage })
    await waitsForTheLock()
    await rename(bed.folder, away)
    await holder.query('commit')
    holder.release()
    await triedOften(id, 7)
    await expect.poll(async () => (await bed.jobs.get(id))?.waitingFor?.code).toBe('STORAGE_UNAVAILABLE')
    expect((await bed.jobs.health()).storage).toBe(false)
    expect(await readdir(dirname(bed.folder))).not.toContain(basename(bed.folder))
    await rename(away, bed.folder)
    expect(await ended(id)).toMatchObject({ status: 'completed', errorCode: null })
    await expect.poll(told).toEqual(['began STORAGE_UNAVAILABLE', 'over STORAGE_UNAVAILABLE'])
  })
})

test('a single file that is missing from the folder is the fault of its job', async () => {
  const { id } = await kinds.import()
  await bed.forgetFiles()
  bed.work({ onOutage })
  expect(await ended(id)).toMatchObject({ status: 'failed', errorCode: 'STORAGE_NOT_FOUND' })
  expect(told()).toEqual([])
})

describe('a job that waits', () => {
  async function waiting() {
    return lose(await kinds.import())
  }

  /** Takes the folder away, and has the job meet that. */
  async function lose({ id }: { readonly id: string }) {
    const away = `${bed.folder}-away`
    await bed.database.pool.query(`update lading.jobs set due_at = now() + interval '1 day' where id = $1`, [
      id,
    ])
    bed.work({ onOutage })
    await expect.poll(async () => (await bed.jobs.health()).storage).toBe(true)
    await rename(bed.folder, away)
    await bed.database.pool.query('update lading.jobs set due_at = now() where id = $1', [id])
    await triedOften(id, 2)
    return { id, free: () => rename(away, bed.folder) }
  }

  test('can be cancelled', async () => {
    const { id, free } = await waiting()
    await bed.jobs.cancel(id)
    expect(await bed.jobs.get(id)).toMatchObject({ status: 'cancelled', waitingFor: null })
    await free()
  })

  test('fails behind the limit with what it waited for, and can be retried', async () => {
    const { id, free } = await waiting()
    await bed.database.pool.query(
      `update lading.jobs set outage_since = outage_since - interval '24 hours' where id = $1`,
      [id],
    )
    expect(await ended(id)).toMatchObject({
      status: 'failed',
      errorCode: 'STORAGE_UNAVAILABLE',
      errorMessage: expect.stringContaining('The storage folder is missing'),
    })
    await free()
    await bed.jobs.retry(id)
    expect(await ended(id)).toMatchObject({ status: 'completed', errorCode: null })
  })

  test('pauses longer each time, and never longer than 75 seconds', async () => {
    const { id, free } = await waiting()
    const pause = `select extract(epoch from due_at - clock_timestamp())::float8 as seconds from lading.jobs
      where id = $1 and status = 'pending' and outages = $2`
    const pauseOf = async (outages: number) =>
      Number((await bed.database.pool.query(pause, [id, outages])).rows[0]?.seconds ?? 0)
    for (const [outages, least, most] of [
      [7, 11, 20],
      [40, 44, 75],
    ] as const) {
      await bed.database.pool.query('update lading.jobs set outages = $2 where id = $1', [id, outages - 1])
      const tried = async () => {
        const pause = await pauseOf(outages)
        if (pause === 0) await hurry()
        return pause
      }
      await expect.poll(tried, { interval: 5 }).toBeGreaterThan(least)
      expect(await pauseOf(outages)).toBeLessThanOrEqual(most)
    }
    await free()
  })
})
