// `npm run test:hostile [-- fastify|express] [--sabotage]`: hostile clients against the reference server. Prints a table
// for each adapter, and fails if anything is left over, or if the server ever stops answering; as it must with
// `--sabotage`, where the server leaks something for every request.
import { parseArgs } from 'node:util'
import { attacks, type Outcome } from './attacks.ts'
import { abortedExport, abortedUpload, insistentUpload, users } from './clients.ts'
import { type Counted, type Probed, startVictim, type Victim } from './victim.ts'

/** Milliseconds until everything must be back to normal: a rejected body is discarded for up to 5 seconds. */
const patienceMs = 30_000

/** What the server may have more than when it was warm: keep-alive sockets, connections of its pool, compiled code. */
const slack = { descriptors: 40, needed: 16 }

/** The most memory it may ever use, in MiB. */
const peakLimit = 640

/** Milliseconds that one answer of `/live` may take: much slower, and a load balancer takes the server out. */
const worstLimitMs = 5_000

const say = (line: string) => process.stdout.write(`${line}\n`)

/** The first requests open what stays open. */
async function warmUp(victim: Victim): Promise<void> {
  await victim.pool.query(
    `insert into users (email, name, role, active)
     select 'u' || n || '@example.org', repeat('n', 100), 'reader', true from generate_series(1, 100000) n`,
  )
  await Promise.all(
    Array.from({ length: 30 }, async (_, index) => {
      await insistentUpload(victim.url, users(1_000, `warm-${index}`))
      await abortedUpload(victim.url, index)
      await abortedExport(victim.url, index)
    }),
  )
  const open = async () =>
    (await victim.pool.query("select from lading.jobs where status in ('pending', 'processing')")).rowCount
  while ((await open()) !== 0) await new Promise(resolve => setTimeout(resolve, 50))
  // So that an export is in the order of an index, and starts at once.
  await victim.pool.query('analyze users')
}

function leftOver(before: Counted, after: Counted): string[] {
  return [
    ...(after.descriptors > before.descriptors + slack.descriptors
      ? [`${after.descriptors - before.descriptors} descriptors`]
      : []),
    // No pool hides them: a forgotten transaction or query is one that is not idle.
    ...(after.busy > 0 ? [`${after.busy} backends that are not idle`] : []),
    ...(after.spool > 0 ? [`${after.spool} stored files without a job`] : []),
    ...(after.forms > 0 ? [`${after.forms} temporary files`] : []),
    ...(after.needed > before.needed + slack.needed ? [`${after.needed - before.needed} MiB`] : []),
  ]
}

/** Waits until nothing is left; after the time limit it reports what is. */
async function settled(victim: Victim, before: Counted): Promise<readonly [Counted, readonly string[]]> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const after = await victim.count()
    const left = leftOver(before, after)
    if (left.length === 0 || performance.now() > deadline) return [after, left]
    await new Promise(resolve => setTimeout(resolve, 250))
  }
}

function quantile(times: readonly number[], part: number): number {
  const sorted = [...times].sort((a, b) => a - b)
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0)
}

const columns = [32, 34, 8, 22, 10, 9, 6, 6, 12]
const row = (cells: readonly unknown[]) =>
  cells.map((cell, index) => String(cell).padEnd(columns[index] ?? 0)).join(' ')

function line(name: string, reported: string, seconds: number, { times }: Probed, after: Counted): string {
  const live = [quantile(times, 0.5), quantile(times, 0.99), quantile(times, 1)].join(' / ')
  const { descriptors, busy, spool, forms, needed, resident, peak } = after
  return row([
    name,
    reported,
    seconds.toFixed(1),
    live,
    descriptors,
    busy,
    spool,
    forms,
    `${needed} / ${resident} / ${peak}`,
  ])
}

async function attackOn(adapter: string, leaks: boolean): Promise<readonly string[]> {
  const victim = await startVictim(adapter, leaks)
  const wrong: string[] = []
  try {
    await warmUp(victim)
    const before = await victim.count()
    say(`\nThe reference server on ${adapter}, attacked:`)
    say(
      row([
        'attack',
        'answers',
        'seconds',
        '/live p50/p99/worst ms',
        'fds',
        'busy',
        'spool',
        'forms',
        'needed/RSS/peak MiB',
      ]),
    )
    say(line('(warm)', '', 0, await victim.probed(), before))
    for (const { name, run } of attacks) {
      const began = performance.now()
      const outcome: Outcome = await run(victim).catch(error => ({
        reported: 'broke',
        wrong: [String(error)],
      }))
      const [after, left] = await settled(victim, before)
      const probed = await victim.probed()
      say(line(name, outcome.reported, (performance.now() - began) / 1000, probed, after))
      const about = [...outcome.wrong, ...left.map(what => `left over: ${what}`)]
      if (probed.failures > 0) about.push(`/live failed ${probed.failures} times`)
      if (quantile(probed.times, 1) > worstLimitMs) about.push('/live was silent for too long')
      if (after.peak > peakLimit) about.push(`a peak of ${after.peak} MiB, over ${peakLimit}`)
      wrong.push(...about.map(what => `${adapter}, ${name}: ${what}`))
    }
    wrong.push(...victim.faults.map(fault => `${adapter} reported a fault: ${fault}`))
  } finally {
    const code = await victim.stop()
    if (code !== 0) wrong.push(`${adapter} ended with ${code}`)
  }
  return wrong
}

const adapters = ['fastify', 'express']
const { values, positionals } = parseArgs({
  options: { sabotage: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const strange = positionals.filter(name => !adapters.includes(name))
if (strange.length > 0) throw new Error(`There is no adapter ${strange.join(', ')}.`)
const wrong: string[] = []
for (const adapter of positionals.length > 0 ? positionals : adapters) {
  wrong.push(...(await attackOn(adapter, values.sabotage)))
}
for (const what of wrong) process.stderr.write(`${what}\n`)
say(wrong.length === 0 ? '\nNothing was left over.' : `\n${wrong.length} things are wrong.`)
process.exitCode = wrong.length === 0 ? 0 : 1
