// The runs in which a defect would show at once. With `--sabotage=…` they fail because of the oracle.
import { expect, test } from 'vitest'
import { killedBehindTheCommit, wokenAmid } from './support/hard-runs.ts'
import { faultHarness } from './support/harness.ts'
import type { Sabotage } from './support/settings.ts'

const harness = faultHarness()
const sabotage = process.env.FAULTS_SABOTAGE as Sabotage | undefined

test('killed after the commit of a batch: the oracle reports nothing', async () => {
  expect(await killedBehindTheCommit(harness, sabotage)).toEqual([])
})

test('frozen, and resumed during the work of another worker: the oracle reports nothing', async () => {
  expect(await wokenAmid(harness, sabotage)).toEqual([])
})
