// What every job needs is away: jobs wait, however often they have tried, and end as if nothing had happened.
import { readdir, rename } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { JobsOptions, Outage } from '../src/index.ts'
import { file, jobsBed } from './jobs-bed.ts'
import { bytes, rowsOf } from './support.ts'

const bed = jobsBed()
/** Waits for locks for a moment only, as a role may be told to. */
let impatient: pg.Pool
let outages: Outage[] = []
beforeEach(() => {
  outages = []
  impatient = new pg.Pool({ connectionString: bed.database.url, options: '-c lock_timeout=30ms' })
})
afterEach(async () => {
  await bed.stop()
  await impatient.end()
})

const onOutage: JobsOptions['onOutage'] = outage => void outages.push(outage)
const told = () => outages.map(({ event, code }) => `${event} ${code}`)

/** Every pause is over at once. */
const hurry = () => bed.database.pool.query('update lading.queue set visible_at = now() where claim is null')

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
  test('a table that is locked', async () => {
    const { id } = await kinds[kind]()
    const holder = await bed.database.pool.connect()
    await holder.query('begin; lock table users')
    bed.work({ pool: impatient, onOutage })
    await triedOften(id, 7)
    await expect.poll(async () => (await bed.jobs.get(id))?.waitingFor?.code).toBe('DATABASE_UNAVAILABLE')
    expect((await bed.jobs.get(id))?.errorCode).toBeNull()
    expect(told()).toEqual(['began DATABASE_UNAVAILABLE'])
    expect((await bed.jobs.health()).waitingFor).toMatchObject([{ code: 'DATABASE_UNAVAILABLE', jobs: 1 }])
    await holder.query('commit')
    holder.release()
    const job = await ended(id)
    expect(job).toMatchObject({ status: 'completed', waitingFor: null, errorCode: null })
    if (kind === 'import') {
      expect(job?.progress).toMatchObject({ successfulRecords: 3, failedRecords: 3 })
      expect(await rowsOf(bed.database.pool, 'users')).toHaveLength(3)
    }
    if (kind === 'atomic import') expect(await rowsOf(bed.database.pool, 'users')).toHaveLength(2)
    await expect.poll(told).toEqual(['began DATABASE_UNAVAILABLE', 'over DATABASE_UNAVAILABLE'])
    expect((await bed.jobs.health()).waitingFor).toEqual([])
  })

  test('a folder that is away', async () => {
    const { id } = await kinds[kind]()
    const away = `${bed.folder}-away`
    const holder = await bed.database.pool.connect()
    // The worker has used the folder, and none of the file, when it goes.
    await holder.query('begin; lock table lading.jobs in share mode')
    bed.work({ onOutage })
    await expect.poll(async () => (await bed.jobs.health()).storage).toBe(true)
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
    const holder = await bed.database.pool.connect()
    await holder.query('begin; lock table users')
    const { id } = await kinds.import()
    bed.work({ pool: impatient, onOutage })
    await triedOften(id, 2)
    const free = async () => {
      await holder.query('commit')
      holder.release()
    }
    return { id, free }
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
      errorCode: 'DATABASE_UNAVAILABLE',
      errorMessage: 'Somebody else holds a lock for longer than was waited; try again.',
    })
    await free()
    await bed.jobs.retry(id)
    expect(await ended(id)).toMatchObject({ status: 'completed', errorCode: null })
  })

  test('gets its hours anew where it got further', async () => {
    const { id, free } = await waiting()
    await free()
    expect(await ended(id)).toMatchObject({ status: 'completed' })
    const pauses = `select outage_since > now() - interval '1 minute' as is_new, outages from lading.jobs where id = $1`
    await bed.stop()
    await bed.database.pool.query(
      `update lading.jobs set status = 'pending', completed_at = null, outage_since = now() - interval '25 hours',
         outage_place = 2, checkpoint_row = 4, claimed_row = 4, outages = 9 where id = $1`,
      [id],
    )
    const holder = await bed.database.pool.connect()
    await holder.query('begin; lock table users')
    await bed.database.pool.query(
      `insert into lading.queue (job_id, kind, resource) values ($1, 'import', 'users')`,
      [id],
    )
    bed.work({ pool: impatient })
    await expect
      .poll(async () => (await bed.database.pool.query(pauses, [id])).rows[0])
      .toEqual({ is_new: true, outages: 1 })
    await holder.query('commit')
    holder.release()
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
