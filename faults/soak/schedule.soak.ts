// F32: seed after seed, faults of every kind at random moments against small jobs, for ten minutes.
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { faultHarness } from '../support/harness.ts'
import { badNetwork } from '../support/proxy.ts'
import { randomFrom } from '../support/random.ts'
import { applicationName } from '../support/settings.ts'
import type { Worker } from '../support/worker.ts'

const minutes = Number(process.env.SOAK_MINUTES ?? 10)
const firstSeed = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000)

const harness = faultHarness()

type Fault = (worker: Worker) => Promise<void>

test(`random faults for ${minutes} minutes, seeds from ${firstSeed}`, async () => {
  const until = performance.now() + minutes * 60_000
  const counts = new Map<string, number>()
  let seed = firstSeed
  for (; performance.now() < until; seed++) {
    await trial(seed, counts).catch(error => {
      throw new Error(`Seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      })
    })
  }
  const list = [...counts].map(([name, count]) => `${count} × ${name}`).join(', ')
  process.stdout.write(`seeds ${firstSeed} to ${seed - 1}: ${seed - firstSeed} jobs; ${list}\n`)
  expect(seed).toBeGreaterThan(firstSeed)
})

async function trial(seed: number, counts: Map<string, number>): Promise<void> {
  const random = randomFrom(seed)
  const network = await badNetwork(harness.database.url)
  await harness.pool.query('truncate cargo')
  const start = () => harness.worker({ databaseUrl: network.url, batchRows: 200 })
  const id = await harness.submit()
  const workers = [start(), start()]
  const restart = async (worker: Worker) => {
    await worker.ended
    workers[workers.indexOf(worker)] = start()
  }
  const faults: Readonly<Record<string, Fault>> = {
    async kill(worker) {
      worker.send('SIGKILL')
      await restart(worker)
    },
    async term(worker) {
      worker.send('SIGTERM')
      await restart(worker)
    },
    async 'stop and continue'(worker) {
      worker.send('SIGSTOP')
      await setTimeout(random() * 1_500)
      worker.send('SIGCONT')
    },
    async 'terminated backend'() {
      await harness.pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = $1 and datname = current_database() order by random() limit 1`,
        [applicationName],
      )
    },
    async reset() {
      network.reset()
    },
    async 'cancel and retry'() {
      if ((await harness.status(id)).status === 'completed') return
      // Refused if it has ended meanwhile.
      const cancelled = await harness.jobs.cancel(id).catch(() => undefined)
      if (cancelled !== undefined) await harness.jobs.retry(id)
    },
  }
  const names = Object.keys(faults)
  for (let count = 1 + Math.floor(random() * 6); count > 0; count--) {
    await setTimeout(random() * 400)
    const name = names[Math.floor(random() * names.length)] ?? 'kill'
    const worker = workers[Math.floor(random() * workers.length)]
    if (worker === undefined || (await harness.status(id)).status === 'completed') break
    counts.set(name, (counts.get(name) ?? 0) + 1)
    await faults[name]?.(worker)
  }
  await harness.ended(id)
  // The source of each job so far.
  await harness.expectExact(id, { files: seed - firstSeed + 1 })
  await network.close()
}
