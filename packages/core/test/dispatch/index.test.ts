// How much a claim and a submission read of many jobs: a few entries of an index, however many wait.
import { expect, test } from 'vitest'
import type { Turn } from '../../src/jobs/dispatch/fairness.ts'
import { claimReadySql } from '../../src/jobs/dispatch/ready-sql.ts'
import { dispatchHarness } from '../fixtures/dispatch-harness.ts'

const harness = dispatchHarness({ freshDatabase: true })

interface Plan {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Shared Hit Blocks': number
  readonly 'Shared Read Blocks': number
  readonly Plans?: readonly Plan[]
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]

/** Scans of the table of jobs. */
const jobScans = (plan: Plan) =>
  nodesOf(plan).filter(node => node['Relation Name'] === 'jobs' && node['Node Type'].includes('Scan'))

/** Explains a claim, which is rolled back. */
async function claimed(count: number, after = '', running: readonly string[] = []): Promise<Plan> {
  const lanes = ['import', 'import mine']
  const turn: Turn = { after: new Map([['import', after]]), running, next: running }
  const { text, values } = claimReadySql({
    lanes,
    count,
    turn,
    worker: 'w',
    leaseSeconds: 30,
  })
  const client = await harness.database.pool.connect()
  try {
    await client.query('begin')
    const { rows } = await client.query(`explain (analyze, buffers, format json) ${text}`, values)
    await client.query('rollback')
    return rows[0]['QUERY PLAN'][0].Plan
  } finally {
    client.release()
  }
}

const blocksOf = (plan: Plan) => plan['Shared Hit Blocks'] + plan['Shared Read Blocks']

async function fill(jobs: number, tenants: number): Promise<void> {
  await harness.database.pool.query(
    `insert into lading.jobs (id, kind, resource, tenant, format, source_key)
    select gen_random_uuid(), 'import', 'users', 'tenant-' || n % $2, 'csv', 'k' from generate_series(1, $1) n`,
    [jobs, tenants],
  )
  await harness.database.pool.query('vacuum analyze lading.jobs')
}

test.each(['', 'tenant-500/users', 'tenant-999/users'])(
  'a claim reads no more among 20,000 jobs of 1,000 tenants than among 1,000, from "%s" on',
  async after => {
    await fill(1_000, 1_000)
    const few = blocksOf(await claimed(4, after))
    await fill(19_000, 1_000)
    const plan = await claimed(4, after)
    expect(blocksOf(plan)).toBeLessThan(few * 1.5)
    const scans = jobScans(plan)
    expect(new Set(scans.map(node => node['Index Name']))).toEqual(new Set(['jobs_ready_idx', 'jobs_pkey']))
  },
)

test('a flood of a key that is already running is skipped, even where the round-robin wraps around', async () => {
  const { pool } = harness.database
  const flood = (jobs: number) =>
    pool.query(
      `insert into lading.jobs (id, kind, resource, tenant, format, source_key)
      select gen_random_uuid(), 'import', 'users', 'zed', 'csv', 'k' from generate_series(1, $1)`,
      [jobs],
    )
  await harness.add(2, { tenant: 'bob' })
  await flood(100)
  const running = ['zed/users', 'bob/users']
  const few = blocksOf(await claimed(4, 'bob/users', running))
  await flood(20_000)
  expect(blocksOf(await claimed(4, 'bob/users', running))).toBeLessThan(few * 3)
})

test('statistics from before a flood, when nothing was ready, make no claim and no count read all of it', async () => {
  const { pool } = harness.database
  await pool.query('alter table lading.jobs set (autovacuum_enabled = off)')
  await fill(20_000, 10)
  await pool.query(`update lading.jobs set status = 'completed', completed_at = now()`)
  await pool.query('vacuum analyze lading.jobs')
  await harness.add(10_000, { tenant: 'flood' })
  const scans = jobScans(await claimed(4))
  expect(new Set(scans.map(node => node['Index Name']))).toEqual(new Set(['jobs_ready_idx', 'jobs_pkey']))
})

test('jobs of other lanes are not read', async () => {
  await harness.add(1)
  const { pool } = harness.database
  await pool.query('vacuum analyze lading.jobs')
  const alone = blocksOf(await claimed(1))
  await fill(5_000, 50)
  await pool.query(`update lading.jobs set source_storage = 'aaa' where tenant <> ''`)
  await pool.query('vacuum analyze lading.jobs')
  expect(blocksOf(await claimed(1))).toBeLessThan(alone + 30)
})

test('batches and heartbeats write no indexed column, so that their updates stay heap-only', async () => {
  const { pool } = harness.database
  const written = [
    'processed, failed, successful, inserted, updated, ignored, errors, stored_errors, errors_by_code, error_counts',
    'bytes_read, read_sha256, checkpoint_byte, checkpoint_row, checkpoint_line, checkpoint_expects, first_attempt',
    'warnings, lease_until, fetched_bytes',
  ].flatMap(names => names.split(', '))
  const { rows } = await pool.query(
    `select distinct a.attname as name from pg_depend d
    join pg_index i on i.indexrelid = d.objid
    join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where i.indrelid = 'lading.jobs'::regclass and d.refobjid = 'lading.jobs'::regclass`,
  )
  const indexed = rows.map(({ name }) => name)
  expect(indexed).toContain('due_at')
  expect(indexed.filter(name => written.includes(name))).toEqual([])
  // The generated columns do not depend on them either.
  const generated = await pool.query(
    `select pg_get_expr(adbin, adrelid) as text from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum
    where adrelid = 'lading.jobs'::regclass and attgenerated <> ''`,
  )
  expect(generated.rows).toHaveLength(2)
  for (const name of written) for (const { text } of generated.rows) expect(text).not.toContain(name)
})
