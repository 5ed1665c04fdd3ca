// F1, F9: kill -9 of a worker at every step of an import. Another one takes over, and it is as if nothing had been.

import { expect, test } from 'vitest'
import type { Failpoint } from '../packages/core/src/internal.ts'
import { faultHarness } from './support/harness.ts'
import type { Cut } from './support/settings.ts'

const harness = faultHarness()

/** The pass at which the worker dies: in the third batch of twenty, or at the only one there is. */
const amid: readonly (readonly [Cut, number])[] = [
  ['before_begin', 3],
  ['after_begin', 3],
  ['after_fence', 3],
  ['mid_copy', 3],
  ['after_copy', 3],
  ['after_errors', 3],
  ['after_checkpoint', 3],
  ['before_commit', 3],
  ['after_commit_before_ack', 3],
]

test.each(amid)('killed %s: committed rows stay, and the next worker does the rest', async (step, nth) => {
  const id = await harness.submit()
  const first = harness.worker({ failpoint: `${step}:${nth}` })
  expect((await first.reported('fired')).name).toBe(step)
  expect((await first.ended).signal).toBe('SIGKILL')
  // A committed batch counts, even if no client learned of it.
  const batches = step === 'after_commit_before_ack' ? nth : nth - 1
  expect(await harness.status(id)).toMatchObject({
    status: 'processing',
    token: 1,
    row: 1 + batches * 1_000,
  })
  const second = harness.worker()
  await second.reported('ended')
  expect(await harness.status(id)).toMatchObject({ status: 'completed', token: 2 })
  await harness.expectExact(id)
})

const atTheEdges: readonly Failpoint[] = ['after_claim', 'after_last_batch', 'before_done', 'after_done']

test.each(atTheEdges)('killed %s: the job ends once', async step => {
  const id = await harness.submit()
  const first = harness.worker({ failpoint: step })
  expect((await first.reported('fired')).name).toBe(step)
  expect((await first.ended).signal).toBe('SIGKILL')
  const isDone = step === 'after_done'
  expect(await harness.status(id)).toMatchObject({ status: isDone ? 'completed' : 'processing', token: 1 })
  harness.worker()
  await harness.ended(id)
  expect(await harness.status(id)).toMatchObject({ status: 'completed', token: isDone ? 1 : 2 })
  await harness.expectExact(id)
})

test('killed at nine steps in a row, one worker after the other: the job still ends exactly', async () => {
  const id = await harness.submit()
  for (const [step] of amid) {
    const worker = harness.worker({ failpoint: `${step}:2`, batchRows: 900 })
    expect((await worker.reported('fired')).name).toBe(step)
    await worker.ended
  }
  harness.worker()
  expect(await harness.ended(id)).toMatchObject({ status: 'completed', token: 10 })
  await harness.expectExact(id)
})

test('killed from outside at a random moment in the middle', async () => {
  const id = await harness.submit()
  const first = harness.worker({ batchRows: 250 })
  await harness.reached(id, 4_000)
  await harness.killAmid(first, id)
  harness.worker()
  await harness.expectExact(id)
})
