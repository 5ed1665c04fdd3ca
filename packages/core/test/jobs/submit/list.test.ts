// Lists of jobs, page by page: every job once, in a total order, with cursors that reveal only their own job.
import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import type { ListJobs } from '../../../src/index.ts'
import { listSql } from '../../../src/jobs/store/job-sql.ts'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'

const harness = jobsHarness()

const ask = async (sql: string, values: unknown[] = []) =>
  (await harness.database.pool.query(sql, values)).rows

/** A job that was submitted at a moment, by the database's clock; the answer is its id. */
async function planted(createdAt: string, { tenant = '', id = randomUUID() } = {}): Promise<string> {
  await ask(
    `insert into lading.jobs (id, kind, tenant, resource, format, created_at)
     values ($1, 'import', $2, 'users', 'csv', $3)`,
    [id, tenant, createdAt],
  )
  return id
}

/** All pages, by the ids on them. */
async function pages(options: Omit<ListJobs, 'kind'>): Promise<string[][]> {
  const page = await harness.jobs.list({ kind: 'import', ...options })
  const ids = page.jobs.map(({ id }) => id)
  return page.nextCursor === null ? [ids] : [ids, ...(await pages({ ...options, cursor: page.nextCursor }))]
}

const cursorOf = async (options: Omit<ListJobs, 'kind'>) =>
  (await harness.jobs.list({ kind: 'import', limit: 1, ...options })).nextCursor

it('jobs of the same moment are each on one page, whatever their number', async () => {
  const ids: string[] = []
  for (let count = 0; count < 7; count++) ids.push(await planted('2024-01-02T03:04:05.678901Z'))
  const newest = await planted('2024-01-02T03:04:05.678902Z')
  const oldest = await planted('2024-01-02T03:04:05.678900Z')
  // PostgreSQL compares ids as the bytes that their digits stand for.
  const ordered = [newest, ...ids.sort().reverse(), oldest]
  for (const limit of [1, 2, 3, 8]) expect((await pages({ limit })).flat()).toEqual(ordered)
  expect(await pages({ limit: 9 })).toEqual([ordered])
})

it('jobs of one millisecond are in the order of their microseconds', async () => {
  const ids: string[] = []
  for (const micros of ['000000', '000001', '000999', '999999']) {
    ids.unshift(await planted(`2024-01-02T03:04:05.${micros}Z`))
  }
  expect(await pages({ limit: 1 })).toEqual(ids.map(id => [id]))
})

it('jobs submitted during paging shift none, and are on none but the first page', async () => {
  const ids: string[] = []
  for (let second = 10; second < 15; second++) ids.unshift(await planted(`2024-01-02T03:04:${second}Z`))
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await harness.jobs.list({ kind: 'import', limit: 2, cursor })
    seen.push(...page.jobs.map(({ id }) => id))
    cursor = page.nextCursor ?? undefined
    await planted(`2024-01-02T03:05:${10 + seen.length}Z`)
  } while (cursor !== undefined)
  expect(seen).toEqual(ids)
})

it('a cursor contains the time of submission of the last job of its page, and its id, and nothing else', async () => {
  const last = await planted('2024-01-02T03:04:05.678901Z', { tenant: 'a' })
  await planted('2024-01-02T03:04:04Z', { tenant: 'a' })
  // Microseconds since 1970.
  const cursor = `1704164645678901_${last}`
  expect(await cursorOf({ tenant: 'a' })).toBe(cursor)
  for (let count = 0; count < 3; count++) await planted('2024-01-02T03:04:04.5Z', { tenant: 'b' })
  expect(await cursorOf({ tenant: 'a' })).toBe(cursor)
})

it('a cursor of a job of another tenant is as valid as one of an unknown job', async () => {
  const own = await planted('2024-01-02T03:04:05Z', { tenant: 'a' })
  const others = await planted('2024-01-02T03:04:06Z', { tenant: 'b' })
  await planted('2024-01-02T03:04:07Z', { tenant: 'a' })
  await planted('2024-01-02T03:04:04Z', { tenant: 'b' })
  const foreign = await cursorOf({ tenant: 'b' })
  expect(foreign).toContain(others)
  for (const cursor of [foreign ?? '', foreign?.replace(others, randomUUID()) ?? '']) {
    expect(await pages({ tenant: 'a', cursor })).toEqual([[own]])
  }
})

it.each([
  // Of the versions before: how many jobs there had been.
  '1',
  '123456789012345678',
  '',
  'x',
  'c0a8012e-0000-4000-8000-000000000000',
  '1704164645678901',
  '1704164645678901_',
  '1704164645678901_x',
  '-1_c0a8012e-0000-4000-8000-000000000000',
  '99999999999999999_c0a8012e-0000-4000-8000-000000000000',
  '1704164645678901_c0a8012e-0000-4000-8000-000000000000x',
])('a cursor %j is rejected, with what to do', async cursor => {
  await expect(harness.jobs.list({ kind: 'import', cursor })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: 'The cursor is not valid in this version; start again at the first page, without a cursor.',
  })
})

it('a page among 20,000 jobs is read from an index, with a tenant and without', async () => {
  await ask(`
    insert into lading.jobs (id, kind, status, tenant, resource, format, created_at)
    select gen_random_uuid(), 'import', 'completed', 't' || n % 100, 'users', 'csv',
      timestamptz '2024-01-02T00:00:00Z' + n / 2 * interval '1 second'
    from generate_series(1, 20000) as n`)
  await ask('vacuum analyze lading.jobs')
  for (const tenant of [null, 't7']) {
    for (const place of [null, '1704155000000000']) {
      const id = place && randomUUID()
      const values = ['import', null, null, place, 21, tenant, null, id]
      const [plan] = await ask(`explain (analyze, buffers, format json) ${listSql}`, values)
      const text = JSON.stringify(plan)
      expect(text).not.toMatch(/"Node Type":"(Seq Scan|Sort|Incremental Sort|Bitmap Heap Scan)"/)
      const { 'Shared Hit Blocks': hit, 'Shared Read Blocks': read } = plan['QUERY PLAN'][0].Plan
      // 21 rows and the way down to them.
      expect(hit + read).toBeLessThan(50)
    }
  }
})
