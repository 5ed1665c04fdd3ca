// Random files of thousands of records, judged like the small ones: batches that are full, and several of them.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { formatOf, recordOf } from '../../judge/arbitrary.ts'
import { members, namedMembers } from '../../judge/members.ts'
import { namedPeople, people } from '../../judge/people.ts'
import { slots } from '../../judge/slots.ts'
import { runTrial, type TrialFile } from '../../judge/trial.ts'
import type { World } from '../../judge/world.ts'

/** A file of this kind counts for fifty small ones. */
const numRuns = Math.max(2, Math.ceil(Number(process.env.LADING_JUDGE_RUNS ?? 0) / 50))

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`${people.ddl} ${slots.ddl} ${members.ddl}`)
})
afterAll(() => database.drop())

/** Made from a seed: fast-check would take too long to keep this many records shrinkable. */
function fileOf(world: World): fc.Arbitrary<TrialFile> {
  return fc
    .record({
      onConflict: fc.constantFrom('error' as const, 'ignore' as const, 'update' as const),
      batchRows: fc.integer({ min: 100, max: 10_000 }),
      chunkSizes: fc.constantFrom([65_536], [1_000, 7, 30_000]),
      tenant: world.tenant === undefined ? fc.constant(undefined) : fc.constantFrom('1', '2'),
      format: formatOf(world),
      records: fc.noBias(fc.integer({ min: 1, max: 3_000 })),
      seed: fc.integer(),
    })
    .map(({ records, seed, ...file }) => ({
      ...file,
      records: fc.sample(recordOf(world, records), { numRuns: records, seed }),
    }))
}

describe.each([people, namedPeople, slots, namedMembers])(
  'random files of thousands of records for $resource',
  world => {
    test(
      'give the report and the table of the naive judge',
      async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(fileOf(world), { minLength: 1, maxLength: 2 }), files =>
            runTrial(database, world, files),
          ),
          // A counterexample of thousands of records is of no use; the seed repeats it.
          { numRuns, endOnFailure: true },
        )
      },
      10 * 60_000,
    )
  },
)
