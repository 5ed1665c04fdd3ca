// The same random file in batches of any size: the same rows, the same errors and the same counts.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { createImporter, defineResource, type RecordError, Type } from '../../../src/index.ts'
import { bytes } from '../../support.ts'

const crates = defineResource('crates', {
  table: 'crates',
  schema: Type.Object({
    id: Type.Integer(),
    amount: Type.Integer({ maximum: 90 }),
    place: Type.Union([Type.Integer(), Type.Null()]),
  }),
  key: ['id'],
})

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`
    create table crates (
      id int primary key,
      amount int not null check (amount <> 66),
      place int unique deferrable initially deferred
    );
    create function judge() returns trigger language plpgsql as $$ begin
      if new.amount between 70 and 74 then raise exception 'Too heavy';
      elsif new.amount between 75 and 76 then raise exception 'Moved' using errcode = '55P03';
      elsif new.amount = 77 then raise exception 'Again' using errcode = '40001';
      elsif new.amount = 78 then perform missing(); end if;
      return new; end $$;
    create trigger judging before insert or update on crates for each row execute function judge()`)
})
afterAll(() => database.drop())

interface Crate {
  readonly id: number
  readonly amount: number
  readonly place: number | null
}

const isAccepted = ({ amount }: Crate) => amount <= 90 && amount !== 66 && !(amount >= 70 && amount <= 78)

/** What the table holds when each record is judged against the records before it. */
function naive(records: readonly Crate[], onConflict: 'error' | 'update'): readonly Crate[] {
  const rows = new Map<number, Crate>()
  for (const record of records) {
    const { id, place } = record
    const isTaken = place !== null && [...rows.values()].some(row => row.place === place && row.id !== id)
    if (!isAccepted(record) || isTaken) continue
    if (onConflict === 'update' || !rows.has(id)) rows.set(id, record)
  }
  return [...rows.values()].sort((one, other) => one.id - other.id)
}

/** It names the row of a twin only where that is in the same batch: nothing remembers all keys of a file. */
const withoutMessage = ({ message, ...error }: RecordError) => error

const run = fc.record({ from: fc.nat(450), length: fc.nat(90), amount: fc.integer({ min: 60, max: 99 }) })
const fileOf = fc.record({
  onConflict: fc.constantFrom('error' as const, 'update' as const),
  size: fc.integer({ min: 1, max: 520 }),
  /** Stretches of records of one amount, which may be refused. */
  runs: fc.array(run, { maxLength: 4 }),
  /** Every n-th record has the number of the one `back` before it. */
  twins: fc.record({ each: fc.integer({ min: 2, max: 200 }), back: fc.integer({ min: 1, max: 150 }) }),
  places: fc.record({ each: fc.integer({ min: 1, max: 9 }), of: fc.integer({ min: 20, max: 600 }) }),
})

type RandomFile = typeof fileOf extends fc.Arbitrary<infer File> ? File : never

function recordsOf({ size, runs, twins, places }: RandomFile): readonly Crate[] {
  return Array.from({ length: size }, (_, n) => ({
    id: n % twins.each === 0 && n >= twins.back ? n - twins.back : n,
    amount: runs.find(({ from, length }) => n >= from && n < from + length)?.amount ?? n % 60,
    place: n % places.each === 0 ? n % places.of : null,
  }))
}

test('random files in batches of 1, 7, 100, 130 and 500 records', async () => {
  await fc.assert(
    fc.asyncProperty(fileOf, async file => {
      const records = recordsOf(file)
      const text = records.map(({ id, amount, place }) => `${id},${amount},${place ?? ''}\n`).join('')
      const outcomes = []
      for (const batchRows of [1, 7, 100, 130, 500]) {
        await database.pool.query('truncate crates')
        const errors: Omit<RecordError, 'message'>[] = []
        const importer = createImporter({ pool: database.pool, resources: [crates], batchRows })
        const { durationSeconds, ...report } = await importer.run({
          resource: 'crates',
          format: 'csv',
          source: bytes(`id,amount,place\n${text}`),
          onConflict: file.onConflict,
          onError: error => errors.push(withoutMessage(error)),
        })
        const { rows } = await database.pool.query('select id, amount, place from crates order by id')
        outcomes.push({ rows, errors, report: { ...report, errors: report.errors.map(withoutMessage) } })
      }
      const [first, ...others] = outcomes
      for (const other of others) expect(other).toEqual(first)
      expect(first?.rows).toEqual(naive(records, file.onConflict))
    }),
    { numRuns: Number(process.env.LADING_BATCH_RUNS ?? 10) },
  )
}, 600_000)
