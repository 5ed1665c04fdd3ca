// One million rows, three workers, thirty kills at random moments.
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { faultHarness } from '../support/harness.ts'
import { randomFrom } from '../support/random.ts'
import type { Worker } from '../support/worker.ts'

const rows = Number(process.env.SOAK_ROWS ?? 1_000_000)
const kills = Number(process.env.SOAK_KILLS ?? 30)
const seed = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000)

const harness = faultHarness({ rows })

test(`${rows} rows, ${kills} kills, seed ${seed}`, async () => {
  process.stdout.write(`${rows} rows, ${kills} kills, three workers, seed ${seed}\n`)
  const random = randomFrom(seed)
  const start = (): Worker => harness.worker({ leaseSeconds: 0.5, batchRows: 4_000 })
  const id = await harness.submit()
  const began = performance.now()
  const workers = [start(), start(), start()]
  for (let kill = 0; kill < kills; kill++) {
    // Evenly over the file, so that the last kill is in its last part, and not quite evenly within it.
    await harness.reached(id, Math.floor((rows * 0.95 * (kill + random())) / kills))
    await setTimeout(random() * 50)
    let victim = -1
    await expect
      .poll(
        async () => {
          const { rows: found } = await harness.pool.query(
            'select worker, status from lading.jobs where id = $1',
            [id],
          )
          expect(found[0].status).toMatch(/processing|pending/)
          // The name of a worker is its host, its process id and a random part.
          victim = workers.findIndex(({ pid }) => String(found[0].worker).includes(`:${pid}:`))
          return victim
        },
        { timeout: 10_000, interval: 5 },
      )
      .not.toBe(-1)
    workers[victim]?.send('SIGKILL')
    await workers[victim]?.ended
    workers[victim] = start()
  }
  await harness.ended(id)
  const seconds = (performance.now() - began) / 1000
  const { token } = await harness.status(id)
  process.stdout.write(
    `${kills} kills, each of the worker that held the job; ${token} claims, ${seconds.toFixed(1)} s\n`,
  )
  await harness.expectExact(id)
})
