// Random files, judged twice: by the library, and by a naive judge that takes one record after the other.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { chunkSizes, formatOf, rarely, recordOf, withoutUnseen } from '../../judge/arbitrary.ts'
import { members, namedMembers } from '../../judge/members.ts'
import { namedPeople, people } from '../../judge/people.ts'
import { equalSlots, slots } from '../../judge/slots.ts'
import { runTrial, type TrialFile } from '../../judge/trial.ts'
import type { World } from '../../judge/world.ts'

/** Few for every change; `npm run test:random` raises them to 1,000. */
const numRuns = Number(process.env.LADING_JUDGE_RUNS ?? 25)

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`${people.ddl} ${slots.ddl} ${equalSlots.ddl} ${members.ddl}`)
})
afterAll(() => database.drop())

const onConflict = fc.constantFrom('error' as const, 'ignore' as const, 'update' as const)
const batchRows = fc.oneof(fc.constantFrom(1, 2, 3, 7, 10_000), fc.integer({ min: 1, max: 10_000 }))

function fileOf(world: World, records: number): fc.Arbitrary<TrialFile> {
  return fc
    .record({
      onConflict,
      batchRows,
      chunkSizes,
      gzip: fc.boolean(),
      format: formatOf(world),
      records: fc.array(recordOf(world, records), { maxLength: records, size: 'max' }),
      tenant: world.tenant === undefined ? fc.constant(undefined) : fc.constantFrom('1', '1', '2'),
      maxErrors: rarely(4, fc.integer({ min: 1, max: 5 })),
      mode: fc.oneof(
        { weight: 3, arbitrary: fc.constant({}) },
        fc.constantFrom({ dryRun: true }, { atomic: true }, { inTransaction: true, maxErrors: undefined }),
      ),
    })
    .map(({ mode, records, ...file }) => {
      const isStoodIn = 'dryRun' in mode || 'atomic' in mode
      return { ...file, ...mode, records: isStoodIn ? withoutUnseen(world, records) : records }
    })
}

describe.each([people, namedPeople, slots, equalSlots, members, namedMembers])(
  'random files for $resource',
  world => {
    test(
      'give the report and the table of the naive judge, whatever their format, chunks, batches and options',
      async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(fileOf(world, 24), { minLength: 1, maxLength: 3 }), files =>
            runTrial(database, world, files),
          ),
          { numRuns },
        )
      },
      10 * 60_000,
    )
  },
)
