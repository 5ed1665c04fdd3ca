// `npm run bench:jobs [-- --jobs=10000 --waiting=1000,10000,100000,1000000 --of=<checkout>]`: the overhead of jobs.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { jobsOn } from './jobs-service.mjs'
import { describeServer, openServer } from './server.mjs'

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '10000' },
    tenants: { type: 'string', default: '50' },
    waiting: { type: 'string', default: '1000,10000,100000,1000000' },
    samples: { type: 'string', default: '200' },
    of: { type: 'string', default: fileURLToPath(new URL('..', import.meta.url)) },
  },
})
const of = resolve(values.of)
const core = await import(pathToFileURL(join(of, 'packages/core/dist/index.js')).href)
const folder = await mkdtemp(join(tmpdir(), 'lading-bench-jobs-'))
const samples = Number(values.samples)

await mkdir(join(folder, 'database'))
const database = await openServer(join(folder, 'database'))
const pool = new pg.Pool({ connectionString: database.url, max: 10 })
pool.on('error', () => undefined)
try {
  console.log(await describeServer(database.url))
  await core.migrate({ pool })
  await pool.query('create table things (ref int primary key)')
  await throughput(Number(values.jobs), Number(values.tenants))
  for (const waiting of values.waiting.split(',')) await latency(Number(waiting))
} finally {
  await pool.end()
  await database.close()
  await rm(folder, { recursive: true, force: true })
}

/** Tiny imports of many tenants; one tenant has only one job, submitted last. */
async function throughput(count, tenants) {
  const jobs = jobsOn(core, pool, folder)
  const submit = (tenant, ref) =>
    jobs.submitImport({
      resource: 'things',
      format: 'csv',
      source: Buffer.from(`ref\n${ref}\n`),
      caller: { tenant: `tenant-${tenant}` },
    })
  let next = 0
  const sender = async () => {
    while (next < count - 1) {
      const ref = next++
      // The tenants have very different numbers of jobs: the second has half as many as the first, and so on.
      await submit(Math.min(tenants - 2, Math.floor(-Math.log2(1 - ref / count) * 6)), ref)
    }
  }
  const sending = performance.now()
  await Promise.all(Array.from({ length: 8 }, sender))
  const { id: last } = await submit('smallest', count)
  const submitted = (performance.now() - sending) / 1000
  console.log(`submitted ${count} imports in ${submitted.toFixed(1)} s (${perSecond(count, submitted)})`)

  const workers = await Promise.all([1, 2].map(() => started({ imports: 4, exports: 0 })))
  const since = performance.now()
  await until(async () => (await open()) === 0)
  const seconds = (performance.now() - since) / 1000
  const counts = await Promise.all(workers.map(stopped))
  const sum = what => counts.reduce((total, each) => total + each[what], 0)
  const { rows } = await pool.query(
    `select count(*)::int as place, min(extract(epoch from l.started_at - f.started_at))::float8 as seconds
    from lading.jobs l, (select min(started_at) as started_at from lading.jobs) f, lading.jobs before
    where l.id = $1 and before.started_at <= l.started_at`,
    [last],
  )
  console.log(
    `two workers: ${perSecond(count, seconds)}, ${(sum('statements') / count).toFixed(1)} statements a job`,
  )
  console.log(`claims that found nothing: ${sum('empty')} of ${sum('claims')}`)
  const { place, seconds: after } = rows[0]
  console.log(
    `the smallest tenant was served after ${(after * 1000).toFixed(0)} ms, as job ${place} of ${count}`,
  )
}

/** Claims and submissions while this many exports of 1,000 tenants wait. */
async function latency(waiting) {
  await pool.query('truncate lading.jobs cascade')
  await pool.query(
    `insert into lading.jobs (id, kind, resource, format, tenant)
    select gen_random_uuid(), 'export', 'things', 'csv', 'tenant-' || n % 1000 from generate_series(1, $1) n`,
    [waiting],
  )
  const { rows } = await pool.query(`select to_regclass('lading.queue') is not null as has_messages`)
  if (rows[0].has_messages) {
    await pool.query(
      `truncate lading.queue; insert into lading.queue (job_id, kind, resource) select id, kind, resource from lading.jobs`,
    )
  }
  await pool.query('vacuum analyze')
  const jobs = jobsOn(core, pool, folder)
  const submitMs = []
  for (let count = 0; count < samples; count++) {
    const since = performance.now()
    await jobs.submitExport({ resource: 'things', format: 'csv', caller: { tenant: `tenant-${count}` } })
    submitMs.push(performance.now() - since)
  }
  const worker = await started({ imports: 0, exports: 1 })
  let counts
  await until(async () => {
    worker.send('counts')
    counts = (await once(worker, 'message'))[0]
    return counts.claims >= Math.min(samples, waiting)
  })
  counts = await stopped(worker)
  console.log(
    `${waiting} waiting: claim p50 ${quantile(counts.claimMs, 0.5)} p99 ${quantile(counts.claimMs, 0.99)}, submit p50 ${quantile(submitMs, 0.5)} p99 ${quantile(submitMs, 0.99)}`,
  )
}

async function started(options) {
  const settings = { url: database.url, folder, of, ...options }
  const worker = fork(fileURLToPath(new URL('jobs-worker.mjs', import.meta.url)), [JSON.stringify(settings)])
  await once(worker, 'message')
  return worker
}

async function stopped(worker) {
  worker.send('stop')
  const [counts] = await once(worker, 'message')
  await once(worker, 'exit')
  return counts
}

async function open() {
  const { rows } = await pool.query(
    `select exists (select from lading.jobs where status in ('pending', 'processing')) as is_open`,
  )
  return rows[0].is_open ? 1 : 0
}

async function until(isTrue) {
  while (!(await isTrue())) await new Promise(next => globalThis.setTimeout(next, 20))
}

function quantile(numbers, share) {
  const sorted = [...numbers].sort((one, other) => one - other)
  const found = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return `${found.toFixed(1)} ms`
}

function perSecond(count, seconds) {
  return `${Math.round(count / seconds)} jobs/s`
}
