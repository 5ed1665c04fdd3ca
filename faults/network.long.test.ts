// F4, F5: connections that are terminated, reset, slow, silent, or carry one byte at a time.
import { expect, test } from 'vitest'
import { fairClock } from '../test-support/fair-clock.ts'
import { faultHarness } from './support/harness.ts'
import { type BadNetwork, badNetwork } from './support/proxy.ts'
import { applicationName } from './support/settings.ts'

const harness = faultHarness()

test('ten backends of a worker are terminated during its work: the process survives, and the job ends exactly', async () => {
  const id = await harness.submit()
  const worker = harness.worker({ batchRows: 100 })
  await harness.reached(id, 200)
  let kills = 0
  await expect
    .poll(
      async () => {
        const { status } = await harness.status(id)
        expect(status).not.toMatch(/completed|failed/)
        const { rowCount } = await harness.pool.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where application_name = $1 and datname = current_database() order by state = 'idle', random() limit 1`,
          [applicationName],
        )
        kills += rowCount ?? 0
        return kills
      },
      { interval: 30 },
    )
    .toBeGreaterThanOrEqual(10)
  await harness.expectExact(id)
  expect(await worker.ended).toMatchObject({ code: 0 })
})

test('all connections are reset at once, five times', async () => {
  const network = await badNetwork(harness.database.url)
  const id = await harness.submit()
  harness.worker({ databaseUrl: network.url, batchRows: 200 })
  for (let reset = 0; reset < 5; reset++) {
    await harness.reached(id, 1 + reset * 1_000)
    expect((await harness.status(id)).status).toMatch(/processing|pending/)
    await expect.poll(() => network.open, { interval: 2 }).toBeGreaterThan(0)
    network.reset()
  }
  await harness.expectExact(id)
  await network.close()
})

test.each([{ sliceBytes: 1 }, { delayMs: 3 }])('a network with %o', async faults => {
  const network = await badNetwork(harness.database.url, faults)
  const id = await harness.submit()
  const first = harness.worker({ databaseUrl: network.url, leaseSeconds: 3, failpoint: 'mid_copy:4' })
  await first.reported('fired')
  await first.ended
  harness.worker({ databaseUrl: network.url, leaseSeconds: 3 })
  await harness.expectExact(id)
  await network.close()
})

/** Of the workers whose connections fall silent. */
const noProgressSeconds = 2

/** The fence, in the first statements of a batch. */
const inThirdBatch = { after: 'perform from lading.jobs', nth: 3 }

async function expectGivenUpInTime({ silence }: BadNetwork): Promise<void> {
  await expect.poll(() => silence.tookMs).toBeGreaterThan(noProgressSeconds * 1_000 - 300)
  expect(silence.fairMs).toBeLessThan((noProgressSeconds + 1) * 1_000)
}

test('a batch whose connection falls silent is given up in time, and its worker continues', async () => {
  const network = await badNetwork(harness.database.url, {
    silent: { ...inThirdBatch, on: 'this connection' },
  })
  const id = await harness.submit()
  harness.worker({ databaseUrl: network.url, patienceSeconds: noProgressSeconds })
  await expect.poll(() => network.silence.beganAt, { interval: 2 }).toBeGreaterThan(0)
  expect(await harness.status(id)).toMatchObject({ status: 'processing', row: 2_001 })
  await expectGivenUpInTime(network)
  await harness.expectExact(id)
  await network.close()
})

test('when all connections of a worker fall silent during a batch, another worker continues, and the first one survives', async () => {
  const network = await badNetwork(harness.database.url, { silent: { ...inThirdBatch, on: 'all' } })
  const id = await harness.submit()
  const first = harness.worker({ databaseUrl: network.url, patienceSeconds: noProgressSeconds })
  await expect.poll(() => network.silence.beganAt, { interval: 2 }).toBeGreaterThan(0)
  expect(await harness.status(id)).toMatchObject({ status: 'processing', row: 2_001, token: 1 })
  await harness.worker().reported('ready')
  const running = fairClock()
  await expect.poll(async () => (await harness.status(id)).token).toBe(2)
  // The lease is over or nearly so: how long a process takes to start is the machine's affair.
  expect(running()).toBeLessThan(600 + 5_000)
  await expectGivenUpInTime(network)
  await harness.ended(id)
  network.heal()
  await harness.expectExact(id)
  expect(await first.ended).toMatchObject({ code: 0 })
  await network.close()
})
