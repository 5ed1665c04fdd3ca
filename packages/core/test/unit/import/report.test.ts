// The counts of a run: a record that no count includes ends it.
import { expect, test } from 'vitest'
import { NothingImported } from '../../../src/engine/import/report/nothing-imported.ts'
import { Tally } from '../../../src/engine/import/report/report.ts'
import type { MergedBatch } from '../../../src/engine/import/stages/batches.ts'
import type { RecordError } from '../../../src/errors/record-error.ts'

const rejected: RecordError = {
  rowNumber: 2,
  line: 2,
  recordIdentifier: '',
  field: null,
  code: 'MISSING_FIELD',
  message: '"name" is required.',
  value: null,
}
/** Two records, the second of which was rejected. */
const rows = [{ values: [] }, { values: [], errors: [rejected] }]

test.each([
  ['one too few', { inserted: 0, updated: 0, ignored: 0 }],
  ['one too many', { inserted: 1, updated: 0, ignored: 1 }],
  ['a record that was rejected and updated', { inserted: 1, updated: 1, ignored: 0 }],
])('%s is a fault', (_, outcome) => {
  const tally = new Tally('things', [], new NothingImported({ resource: 'things', dryRun: false }))
  // Only the members that the counts read.
  const batch = { rows, outcome, notes: [], end: { byte: 1 } } as unknown as MergedBatch
  expect(() => tally.add(batch)).toThrow(expect.objectContaining({ code: 'INTERNAL' }))
})
