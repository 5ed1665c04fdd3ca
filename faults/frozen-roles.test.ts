// A worker that is frozen during a COPY, and a successor with another database user: the rights this user needs to end it.
import { expect, test } from 'vitest'
import { faultHarness } from './support/harness.ts'

const harness = faultHarness()

/** The database URL of a new user that may read and write every table. */
async function urlOf(role: string, grants: string): Promise<string> {
  await harness.pool.query(`create role ${role} login password 'cargo'`)
  await harness.pool.query(`grant pg_read_all_data, pg_write_all_data${grants} to ${role}`)
  const url = new URL(harness.database.url)
  url.username = role
  url.password = 'cargo'
  return url.href
}

test.each([
  { grants: ', pg_read_all_stats, pg_signal_backend', frees: true },
  { grants: ', pg_signal_backend', frees: false },
  { grants: '', frees: false },
])('a user with$grants of its own: it frees the job: $frees', async ({ grants, frees }) => {
  const [first, second] = ['first', 'second'].map(name => `lading_${name}_${process.pid}`) as [string, string]
  const id = await harness.submit()
  const zombie = harness.worker({ databaseUrl: await urlOf(first, ''), failpoint: 'mid_copy:3:SIGSTOP' })
  await zombie.reported('fired')
  expect(await harness.status(id)).toMatchObject({ status: 'processing', row: 2_001, token: 1 })
  const successor = harness.worker({ databaseUrl: await urlOf(second, grants) })
  if (!frees) {
    // The row was locked, so it retries until the connection breaks.
    await expect.poll(() => successor.has('fault')).toBe(true)
    expect((await harness.status(id)).token).toBe(1)
    zombie.send('SIGKILL')
  }
  await expect.poll(async () => (await harness.status(id)).token).toBe(2)
  zombie.send('SIGCONT')
  await harness.expectExact(id)
  for (const role of [first, second]) await harness.pool.query(`drop owned by ${role}; drop role ${role}`)
})
