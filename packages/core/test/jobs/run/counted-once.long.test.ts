// What a scrape reports of the records of a job that took several attempts: each record once, for any workers.
import { expect, test } from 'vitest'
import { fileStorage, type Job } from '../../../src/index.ts'
import { type PrometheusMetrics, prometheusMetrics } from '../../../src/metrics/prometheus.ts'
import { gated } from '../../fixtures/gated-storage.ts'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'
import { bytes, resources } from '../../support.ts'

const harness = jobsHarness({ freshDatabase: true })

const line = (email: string) => `{"email":"${email}","name":"P","role":"reader","active":true}\n`
/** Every fifth is rejected. */
const people = (count: number) =>
  Array.from({ length: count }, (_, index) => line(index % 5 === 4 ? 'bad' : `${index}@example.org`)).join('')
const submit = async (settings = {}) => {
  const asked = { resource: 'users', format: 'ndjson', source: bytes(people(600)), ...settings } as const
  return (await harness.jobs.submitImport(asked)).id
}
const got = async (id: string) => (await harness.jobs.get(id)) as Job
const newMetrics = () => prometheusMetrics({ resources })

/** Of all these processes together, as a monitoring system sums up their counters. */
async function scraped(type: 'import' | 'export', ...processes: readonly PrometheusMetrics[]) {
  const sum = { successful: 0, failed: 0 }
  for (const metrics of processes) {
    const { body } = await metrics.expose()
    for (const status of ['successful', 'failed'] as const) {
      const labels = `type="${type}",resource="users",status="${status}"`
      const name = `bulk_import_export_records_processed_total{${labels}} `
      const found = body.split('\n').find(text => text.startsWith(name))
      sum[status] += Number(found?.slice(name.length) ?? 0)
    }
  }
  return sum
}

/** Half of its file has been read, and then `stop` happens to it. */
async function interrupted(id: string, metrics: PrometheusMetrics, stop: () => Promise<unknown>) {
  const storage = gated(fileStorage(harness.folder), 0.5)
  harness.work({ storage, metrics })
  await expect.poll(async () => (await got(id)).progress.processedRecords).toBeGreaterThan(200)
  await stop()
  await harness.stop()
  storage.open()
}

test.each([
  ['an import', {}, { successful: 480, failed: 120 }],
  // It imports nothing, so no record of it was successful.
  ['an atomic import', { atomic: true }, { successful: 0, failed: 120 }],
  ['a dry run', { dryRun: true }, { successful: 480, failed: 120 }],
])('%s that was cancelled midway and retried', async (_, settings, expected) => {
  const [caller, first, second] = [newMetrics(), newMetrics(), newMetrics()]
  const id = await submit(settings)
  await interrupted(id, first, () => harness.jobsWith({ metrics: caller }).cancel(id))
  expect((await scraped('import', caller, first)).failed).toBeGreaterThan(0)
  await harness.jobs.retry(id)
  harness.work({ metrics: second })
  await harness.ended(id)
  await harness.stop()
  expect(await scraped('import', caller, first, second)).toEqual(expected)
})

test.each([
  ['an import', {}, { successful: 480, failed: 120 }],
  ['an atomic import', { atomic: true }, { successful: 0, failed: 120 }],
])('%s whose worker was stopped, and which another one resumed', async (_, settings, expected) => {
  const [first, second] = [newMetrics(), newMetrics()]
  const id = await submit(settings)
  await interrupted(id, first, async () => undefined)
  expect((await got(id)).status).toBe('pending')
  harness.work({ metrics: second })
  await harness.ended(id)
  await harness.stop()
  expect(await scraped('import', first, second)).toEqual(expected)
})

test('an import that failed, was retried, failed again, and completed', async () => {
  const metrics = newMetrics()
  harness.work({ metrics })
  const id = await submit({ source: bytes(people(25)), maxErrors: 2 })
  const seen: unknown[] = []
  for (let attempt = 1; attempt <= 3; attempt++) {
    if (attempt > 1) await harness.jobs.retry(id)
    await harness.ended(id)
    await harness.stop()
    seen.push(await scraped('import', metrics))
    harness.work({ metrics })
  }
  expect((await got(id)).status).toBe('completed')
  // The second and the fourth rejected record are the last ones of their attempts.
  expect(seen).toEqual([
    { successful: 8, failed: 2 },
    { successful: 16, failed: 4 },
    { successful: 20, failed: 5 },
  ])
})

test('an atomic import that fails twice for the same records, and completes once they are valid', async () => {
  const metrics = newMetrics()
  const ask = (sql: string) => harness.database.pool.query(sql)
  await ask(`insert into users (id, email, name, role, active)
    values (gen_random_uuid(), '0@example.org', 'Z', 'reader', true)`)
  harness.work({ metrics })
  const id = await submit({ source: bytes(people(4)), atomic: true })
  expect(await harness.ended(id)).toMatchObject({ errorCode: 'IMPORT_ROLLED_BACK' })
  await harness.jobs.retry(id)
  expect(await harness.ended(id)).toMatchObject({ errorCode: 'IMPORT_ROLLED_BACK' })
  await harness.stop()
  expect(await scraped('import', metrics)).toEqual({ successful: 0, failed: 1 })
  await ask('truncate users cascade')
  await harness.jobs.retry(id)
  harness.work({ metrics })
  expect(await harness.ended(id)).toMatchObject({ status: 'completed' })
  await harness.stop()
  // The first rejection stays counted: a counter never decreases.
  expect(await scraped('import', metrics)).toEqual({ successful: 4, failed: 1 })
})

test('an export that was cancelled with half of its file written, and started over', async () => {
  const [caller, worker] = [newMetrics(), newMetrics()]
  await harness.database.pool.query(`insert into users (id, email, name, role, active)
    select gen_random_uuid(), n || '@example.org', 'P', 'reader', true from generate_series(1, 50) n`)
  const { id } = await harness.jobs.submitExport({ resource: 'users', format: 'csv' })
  // The state left by a worker that has reported its progress.
  await harness.database.pool.query(
    `update lading.jobs set status = 'processing', token = 1, worker = 'w', started_at = clock_timestamp(),
      claimed_at = clock_timestamp(), lease_until = clock_timestamp() + interval '1 h',
      processed = 20, successful = 20, inserted = 20 where id = $1`,
    [id],
  )
  await harness.jobsWith({ metrics: caller }).cancel(id)
  expect(await scraped('export', caller)).toEqual({ successful: 20, failed: 0 })
  await harness.jobs.retry(id)
  harness.work({ metrics: worker })
  expect(await harness.ended(id)).toMatchObject({ status: 'completed', file: { rows: 50 } })
  await harness.stop()
  expect(await scraped('export', caller, worker)).toEqual({ successful: 50, failed: 0 })
})

test('a job whose end was already replaced when its worker checks it, because it was retried at once', async () => {
  const metrics = newMetrics()
  const id = await submit({ source: bytes(people(25)), maxErrors: 2 })
  // Within the commit of the end, to simulate the fastest possible retry.
  await harness.database.pool.query(`
    create function quick() returns trigger language plpgsql as $$
      begin update lading.jobs set token = token + 1 where id = new.id; return null; end $$;
    create constraint trigger quick after update on lading.jobs deferrable initially deferred for each row
      when (old.status = 'processing' and new.status = 'failed') execute function quick()`)
  harness.work({ metrics })
  expect(await harness.ended(id)).toMatchObject({ errorCode: 'TOO_MANY_ERRORS' })
  await harness.stop()
  expect(await scraped('import', metrics)).toEqual({ successful: 8, failed: 2 })
})

test('a job whose worker did not learn that its end was committed', async () => {
  const metrics = newMetrics()
  const id = await submit()
  // Its own statement, of which the answer was lost with the connection.
  const fail = () =>
    harness.database.pool.query(
      `update lading.jobs set status = 'failed', processed = 10, successful = 7, inserted = 7, failed = 3 where id = $1`,
      [id],
    )
  await interrupted(id, metrics, fail)
  expect(await scraped('import', metrics)).toEqual({ successful: 7, failed: 3 })
})
