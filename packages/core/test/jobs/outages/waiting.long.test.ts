// Jobs that wait or are tried again: what is reported of them, for how long, and when an attempt counts as stuck.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { expect, test } from 'vitest'
import { createHttp, handleNode } from '../../../src/http/index.ts'
import { createExporter, fileStorage, LadingError, type Outage, type Storage } from '../../../src/index.ts'
import { createJobStore } from '../../../src/jobs/store/job-store.ts'
import { claimed } from '../../fixtures/claimed.ts'
import { file } from '../../fixtures/jobs-harness.ts'
import { remote, remoteJobsHarness } from '../../fixtures/remote-jobs-harness.ts'
import { bytes, resources } from '../../support.ts'

const { harness, serve, submit: submitUrl } = remoteJobsHarness()

const submit = () => harness.jobs.submitImport({ resource: 'users', format: 'csv', source: bytes(file) })
const rowsOf = async (sql: string, values: readonly unknown[] = []) =>
  (await harness.database.pool.query(sql, [...values])).rows

/** Every pause is over at once. */
async function hurry(): Promise<void> {
  await rowsOf(`update lading.jobs set due_at = now() where status = 'pending'`)
}

async function stateOf(id: string) {
  await hurry()
  const [row] = await rowsOf('select status, outages, outage_code from lading.jobs where id = $1', [id])
  return row
}

const ended = (id: string) =>
  expect
    .poll(async () => (await stateOf(id)).status, { timeout: 20_000, interval: 5 })
    .toMatch(/completed|failed/)

/** The folder of the harness, whose files cannot be read while it is away. */
function absentStorage(onGet: () => void = () => undefined) {
  const files = fileStorage(harness.folder)
  let isAway = true
  const storage: Storage = {
    ...files,
    get(...given) {
      if (!isAway) return files.get(...given)
      onGet()
      return Promise.reject(new LadingError('STORAGE_UNAVAILABLE', 'The disk is at the cleaner’s.'))
    },
  }
  return {
    storage,
    comeBack: () => {
      isAway = false
    },
  }
}

const triedOften = (id: string, times: number) =>
  expect.poll(async () => (await stateOf(id)).outages, { interval: 5 }).toBeGreaterThanOrEqual(times)

test('its status, the list, /ready and /health report what it waits for', async () => {
  const { id } = await submit()
  const { storage, comeBack } = absentStorage()
  harness.work({ storage })
  await triedOften(id, 1)
  const http = createHttp({
    jobs: harness.jobs,
    exporter: createExporter({ pool: harness.database.pool, resources }),
    resources,
  })
  const server = createServer((request, response) =>
    handleNode(http, { request, response, url: request.url ?? '/', mount: '' }),
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // A TCP server that listens has an address of this form.
  const { port } = server.address() as AddressInfo
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`)
    return (await response.json()) as Readonly<Record<string, unknown>>
  }
  try {
    const since = expect.stringMatching(/^\d{4}-\d\d-\d\dT/)
    const waits = {
      status: 'pending',
      waiting_for: { code: 'STORAGE_UNAVAILABLE', detail: 'The disk is at the cleaner’s.', since },
    }
    await expect.poll(() => ask(`/v1/imports/${id}`)).toMatchObject(waits)
    await expect.poll(async () => (await ask('/v1/imports')).jobs).toMatchObject([waits])
    for (const path of ['/ready', '/health']) {
      const { waiting_for: waitingFor } = await ask(path)
      expect(waitingFor).toEqual([{ code: 'STORAGE_UNAVAILABLE', since, jobs: 1 }])
    }
    comeBack()
    await ended(id)
    expect(await ask(`/v1/imports/${id}`)).toMatchObject({ status: 'completed', waiting_for: null })
    for (const path of ['/ready', '/health']) {
      await expect.poll(() => ask(path)).not.toHaveProperty('waiting_for')
    }
  } finally {
    server.closeAllConnections()
    server.close()
    await http.whenIdle()
  }
})

test('it waits for as many hours as configured, and no longer', async () => {
  const { id } = await submit()
  harness.work({ storage: absentStorage().storage, outageLimitSeconds: 7_200 })
  await triedOften(id, 1)
  const begunBefore = (age: string) =>
    rowsOf('update lading.jobs set outage_since = now() - $2::interval where id = $1', [id, age])
  await begunBefore('119 minutes')
  await triedOften(id, (await stateOf(id)).outages + 2)
  await begunBefore('121 minutes')
  await ended(id)
  expect(await harness.jobs.get(id)).toMatchObject({ status: 'failed', errorCode: 'STORAGE_UNAVAILABLE' })
})

function newStore() {
  const noNotification = () => {
    throw new Error('There is nothing to notify here.')
  }
  return createJobStore(harness.database.pool, noNotification)
}

test('progress restarts the hours, and nothing else does', async () => {
  const store = newStore()
  const { id } = await submit()
  async function wait(checkpointRow: number) {
    await rowsOf(`update lading.jobs set due_at = now(), outage_since = outage_since - interval '20 hours'`)
    const row = await claimed(harness.database.pool, 'w')
    await rowsOf('update lading.jobs set checkpoint_row = $1', [checkpointRow])
    const outage = { code: 'STORAGE_UNAVAILABLE', message: 'It is away.', ageSeconds: 0 }
    await store.wait(id, row.token, outage, { backoffMs: 1_000, maxBackoffMs: 300_000 })
    const [state] = await rowsOf(
      'select round(extract(epoch from now() - outage_since) / 3600)::int as hours, outages from lading.jobs',
    )
    return state
  }
  expect(await wait(0)).toEqual({ hours: 0, outages: 1 })
  expect(await wait(0)).toEqual({ hours: 20, outages: 2 })
  expect(await wait(3)).toEqual({ hours: 0, outages: 1 })
  expect(await wait(3)).toEqual({ hours: 20, outages: 2 })
})

test('a worker that cannot reach the database keeps its job until it can record why the attempt ended', async () => {
  const { id } = await submit()
  let isCut = false
  let refused = 0
  const pool = new pg.Pool({ connectionString: harness.database.url, max: 12 })
  const connect = pool.connect.bind(pool) as () => Promise<pg.PoolClient>
  pool.connect = (() => {
    if (!isCut) return connect()
    refused += 1
    return Promise.reject(new Error('connect ECONNREFUSED'))
  }) as typeof pool.connect
  const outages: Outage[] = []
  const { storage, comeBack } = absentStorage(() => {
    isCut = outages.length === 0
  })
  // No lease ends in the meantime: only this worker can release the job.
  harness.work({ pool, storage, leaseSeconds: 600, onOutage: outage => void outages.push(outage) })
  await expect.poll(() => outages.length, { timeout: 20_000 }).toBe(1)
  const before = refused
  await expect.poll(() => refused, { timeout: 20_000 }).toBeGreaterThanOrEqual(before + 3)
  expect(await rowsOf('select status, token::int from lading.jobs')).toEqual([
    { status: 'processing', token: 1 },
  ])
  isCut = false
  await expect
    .poll(() => rowsOf('select outage_code, outage_message from lading.jobs'), { timeout: 20_000 })
    .toEqual([{ outage_code: 'STORAGE_UNAVAILABLE', outage_message: 'The disk is at the cleaner’s.' }])
  comeBack()
  await ended(id)
  expect(await harness.jobs.get(id)).toMatchObject({ status: 'completed' })
  await harness.stop()
  await pool.end()
})

test('a job fails after five attempts that a server ends', async () => {
  const server = await serve((_request, response) => response.writeHead(503).end())
  const { id } = await submitUrl(server.url)
  harness.work({ remote })
  await ended(id)
  expect(await harness.jobs.get(id)).toMatchObject({ status: 'failed', errorCode: 'SOURCE_UNAVAILABLE' })
  expect(server.requests.length).toBe(5)
})

test.each([
  ['a file that is fetched', 'fetched_bytes', 1_048_576],
  ['an export', 'processed', 10_000],
])(
  '%s: deaths within one step are at one place, and in the next step at another',
  async (what, column, step) => {
    if (what === 'an export') await harness.jobs.submitExport({ resource: 'users', format: 'csv' })
    else await submitUrl((await serve((_request, response) => response.end(file))).url)
    const attempts: number[] = []
    for (const place of [step, step + 1, 2 * step - 1, 2 * step, 3 * step - 1]) {
      attempts.push((await claimed(harness.database.pool, 'dead')).attempts)
      const counted = column === 'processed' ? ', successful = $1, inserted = $1' : ''
      await rowsOf(
        `update lading.jobs set ${column} = $1${counted}, lease_until = clock_timestamp() - interval '1 s'`,
        [place],
      )
    }
    // A claim counts the deaths before it: three within the first step, and one in the next.
    const last = await claimed(harness.database.pool, 'dead')
    expect([...attempts, last.attempts]).toEqual([1, 2, 3, 4, 2, 3])
  },
)
