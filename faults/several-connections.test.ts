// F1, F6, F10: workers that are killed or frozen while several batches of a job are open.
import { expect, test } from 'vitest'
import { faultHarness } from './support/harness.ts'
import type { Cut } from './support/settings.ts'

const harness = faultHarness()

/** The first record that is rejected is the 50th, so batches before it are copied. The pool always has a connection to spare. */
const several = { connections: 2, batchRows: 10, poolSize: 16 }

const steps: readonly Cut[] = [
  'before_begin',
  'after_begin',
  'mid_copy',
  'after_copy',
  'after_fence',
  'after_checkpoint',
  'before_commit',
  'after_commit_before_ack',
]

test.each(steps)('killed %s: the next worker does the rest', async step => {
  const id = await harness.submit()
  const first = harness.worker({ ...several, failpoint: `${step}:2` })
  expect((await first.reported('fired')).name).toBe(step)
  expect((await first.ended).signal).toBe('SIGKILL')
  await harness.worker({ ...several, batchRows: 1_000 }).reported('ended')
  expect(await harness.status(id)).toMatchObject({ status: 'completed', token: 2 })
  await harness.expectExact(id)
})

test.each(['after_fence', 'before_commit'] as const)(
  'frozen %s while the next batch is open: the worker that takes over ends both, and the frozen one writes nothing more',
  async step => {
    const id = await harness.submit()
    const zombie = harness.worker({ ...several, cutWithOpen: 2, failpoint: `${step}:2:SIGSTOP` })
    await zombie.reported('fired')
    const successor = harness.worker({ ...several, batchRows: 1_000 })
    await successor.reported('ended')
    const done = await harness.status(id)
    expect(done).toMatchObject({ status: 'completed', token: 2 })
    zombie.send('SIGCONT')
    await harness.expectExact(id)
    expect(await zombie.ended).toMatchObject({ code: 0 })
    expect(await harness.status(id)).toEqual(done)
  },
)

test('frozen during the COPY of the second batch: the worker that takes over ends it, which no server timeout does', async () => {
  const id = await harness.submit()
  const zombie = harness.worker({ ...several, failpoint: 'mid_copy:2:SIGSTOP' })
  await zombie.reported('fired')
  await harness.worker({ ...several, batchRows: 1_000 }).reported('ended')
  const done = await harness.status(id)
  expect(done).toMatchObject({ status: 'completed', token: 2 })
  zombie.send('SIGCONT')
  await harness.expectExact(id)
  expect(await zombie.ended).toMatchObject({ code: 0 })
  expect(await harness.status(id)).toEqual(done)
})
