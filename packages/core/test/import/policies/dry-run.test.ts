// A dry run against the table that rejects rows: predictable errors are reported, others are named, and nothing is changed.
import { afterEach, describe, expect, test } from 'vitest'
import { type Outcome, openBookings, type RefusingFixture } from '../../judge/refusing-fixture.ts'
import { briefly, rowsOf } from '../../support.ts'

let harness: RefusingFixture
afterEach(() => harness.drop())

const good = (id: number) => ({ region: 'north', id, amount: '5', payload: { of: id } })

/** Refused for reasons that the file alone, or a look at the table, shows; good rows between them. */
const foreseeable = [
  good(100),
  { ...good(101), amount: '-1' },
  { ...good(102), amount: '60000000' },
  { ...good(103), during: 'nonsense' },
  { ...good(104), during: '[900,910)' },
  { ...good(105), during: '[905,920)' },
  { ...good(106), seat: 'Z1' },
  { ...good(107), seat: 'Z1' },
  { ...good(1), amount: '11' },
  { ...good(2), amount: '-2' },
  { ...good(100), amount: '6' },
  good(108),
]

async function everything({ database: { pool } }: RefusingFixture) {
  const sequences = await pool.query('select sequencename, last_value from pg_sequences order by 1')
  const relations = await pool.query(`select count(*)::int from pg_class where relname like 'lading%'`)
  return {
    table: await rowsOf(pool, 'bookings', 'region, id'),
    sequences: sequences.rows,
    relations: relations.rows,
  }
}

/** Each partition has its own exclusion constraint there, which the shadow table does not have. */
const withoutOverlap = foreseeable.filter(record => !('during' in record) || record.during === 'nonsense')

describe.each(['plain', 'partitioned'] as const)('a dry run against a %s table that rejects rows', shape => {
  test.each(['error', 'ignore', 'update'] as const)(
    'under %s predicts the result of the import, changes nothing and leaves nothing',
    async onConflict => {
      harness = await openBookings(shape)
      const file = shape === 'plain' ? foreseeable : withoutOverlap
      const before = await everything(harness)
      const foreseen: Outcome[] = []
      for (const batchRows of [1, 4, 5_000]) {
        foreseen.push(await harness.run(file, { onConflict, dryRun: true, batchRows }))
        expect(await everything(harness)).toEqual(before)
      }
      const real = await harness.run(file, { onConflict, batchRows: 1 })
      expect(real.counts[0]).toBe(shape === 'plain' ? 4 : 3)
      for (const { fault, errors, counts } of foreseen) {
        expect(fault).toBeUndefined()
        expect(briefly(errors)).toEqual(briefly(real.errors))
        expect(counts).toEqual(real.counts)
      }
    },
  )

  test('names what it cannot judge', async () => {
    harness = await openBookings(shape)
    const { report } = await harness.run([good(100)], { dryRun: true })
    const overlap = 'exclusion constraint "no_overlap" against rows of the table'
    for (const rule of [
      'foreign key "known_grade"',
      'row-level security',
      'triggers',
      'unique index "one_seat" against rows of the table',
      shape === 'plain' ? overlap : expect.stringContaining('partitions'),
    ]) {
      expect(report.notJudged).toContainEqual(rule)
    }
    expect(report.notJudged).toHaveLength(5)
  })

  test('an atomic import writes nothing if a trigger rejects one row, and names that row', async () => {
    harness = await openBookings(shape)
    const before = await everything(harness)
    for (const note of ['raise', 'vanish', 'forbidden']) {
      const { fault, counts, errors } = await harness.run([good(100), { ...good(101), note }, good(102)], {
        atomic: true,
      })
      expect(fault).toBe('IMPORT_ROLLED_BACK')
      expect(counts).toEqual([0, 0, 0, 1])
      expect(briefly(errors)).toEqual(['2 null CONSTRAINT_VIOLATION'])
      expect((await everything(harness)).table).toEqual(before.table)
    }
  })
})

test('readers and writers of the table do not wait for a dry run, whose transaction is still open', async () => {
  harness = await openBookings('plain')
  const { pool } = harness.database
  const client = await pool.connect()
  await client.query('begin')
  const { counts } = await harness.run(foreseeable, { dryRun: true, onConflict: 'update', client })
  expect(counts[0]).toBe(4)
  const other = await pool.connect()
  // A lock that had to be waited for would end the statement.
  await other.query(`set lock_timeout = '1s'`)
  const before = await rowsOf(pool, 'bookings', 'region, id')
  await other.query('update bookings set updated_at = updated_at')
  await other.query(`insert into bookings (region, id, amount) values ('north', 100, 5)`)
  await other.query('delete from bookings where id = 100')
  expect(await rowsOf(pool, 'bookings', 'region, id')).toEqual(before)
  await client.query('rollback')
  await other.query('set lock_timeout = default')
  other.release()
  client.release()
})
