// F4, F5: connections that are terminated, reset, slow, or carry one byte at a time.
import { expect, test } from 'vitest'
import { faultBed } from './support/bed.ts'
import { badNetwork } from './support/proxy.ts'
import { applicationName } from './support/settings.ts'

const bed = faultBed()

test('ten backends of a worker are terminated while it works: the process lives, and the job ends exactly', async () => {
  const id = await bed.submit()
  const worker = bed.worker({ batchRows: 100 })
  await bed.reached(id, 200)
  let kills = 0
  await expect
    .poll(
      async () => {
        const { status } = await bed.status(id)
        expect(status).not.toMatch(/completed|failed/)
        const { rowCount } = await bed.pool.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where application_name = $1 and datname = current_database() order by state = 'idle', random() limit 1`,
          [applicationName],
        )
        kills += rowCount ?? 0
        return kills
      },
      { timeout: 20_000, interval: 30 },
    )
    .toBeGreaterThanOrEqual(10)
  await bed.expectExact(id)
  expect(await worker.ended).toMatchObject({ code: 0 })
})

test('five times all connections are reset at once', async () => {
  const network = await badNetwork(bed.database.url)
  const id = await bed.submit()
  bed.worker({ databaseUrl: network.url, batchRows: 200 })
  for (let reset = 0; reset < 5; reset++) {
    await bed.reached(id, 1 + reset * 1_000)
    expect((await bed.status(id)).status).toMatch(/processing|pending/)
    await expect.poll(() => network.open, { interval: 2 }).toBeGreaterThan(0)
    network.reset()
  }
  await bed.expectExact(id)
  await network.close()
})

test.each([{ sliceBytes: 1 }, { delayMs: 3 }])('a network with %o', async faults => {
  const network = await badNetwork(bed.database.url, faults)
  const id = await bed.submit()
  const first = bed.worker({ databaseUrl: network.url, leaseSeconds: 3, failpoint: 'mid_copy:4' })
  await first.told('fired')
  await first.ended
  bed.worker({ databaseUrl: network.url, leaseSeconds: 3 })
  await bed.expectExact(id)
  await network.close()
})
