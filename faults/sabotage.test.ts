// The suite must be able to fail: three defects, each put into the worker's connection, each reported by the oracle.
import { expect, test } from 'vitest'
import { killedBehindTheCommit, wokenAmid } from './support/hard-runs.ts'
import { faultHarness } from './support/harness.ts'

const harness = faultHarness()

const doubled = '40 × a row is there that should not be, or twice'

test('the oracle reports a checkpoint written outside the transaction: a batch is inserted twice', async () => {
  const found = await killedBehindTheCommit(harness, 'checkpoint')
  expect(found).toContainEqual(expect.stringContaining(doubled))
})

test('the oracle reports counters written outside the transaction: a batch is not counted', async () => {
  const found = await killedBehindTheCommit(harness, 'counters')
  expect(found).toContain('the job\'s processed is "19960" and should be "20000"')
})

test('a batch with rejected records is not inserted twice even without a fence, because its keys reject it', async () => {
  // The 50th record is the first that is rejected.
  const found = await wokenAmid(harness, 'fence', 200)
  expect(found).not.toContainEqual(expect.stringContaining('there that should not be'))
})

test('the oracle reports a missing fence: a worker that was considered dead inserts a batch twice', async () => {
  const found = await wokenAmid(harness, 'fence')
  expect(found).toContainEqual(expect.stringContaining(doubled))
})
