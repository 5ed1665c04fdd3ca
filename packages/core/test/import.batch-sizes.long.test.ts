// The outcome never depends on how a file is cut into batches: rows, errors, their order, counts and warnings are the same.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { createImporter, defineResource, type RecordError, type RunOptions, Type } from '../src/index.ts'
import { bytes } from './support.ts'

const parcels = defineResource('parcels', {
  table: 'parcels',
  schema: Type.Object({
    id: Type.Integer(),
    label: Type.Optional(Type.String()),
    weight: Type.Optional(Type.Integer()),
    depot_id: Type.Optional(Type.Integer()),
    state: Type.Optional(Type.String()),
  }),
  key: ['id'],
  references: { depot_id: { table: 'depots' } },
})

/** What is wrong with a record, as what is changed of a good one. More than fifty of each come in a row. */
const faults: Readonly<Record<string, (id: number) => object>> = {
  'a type': () => ({ weight: 'heavy' }),
  'a CHECK': () => ({ weight: -1 }),
  'a key of the table': id => ({ id: 100_000 + (id % 60) }),
  'a key of the file': () => ({ id: 7 }),
  'a reference': () => ({ depot_id: 99 }),
  'a trigger that raises P0001': () => ({ state: 'P0001' }),
  'a trigger that raises 53100': () => ({ state: '53100' }),
  'a trigger that raises 40001': () => ({ state: '40001' }),
  'a trigger that raises 42501': () => ({ state: '42501' }),
  'a trigger that calls nothing': () => ({ state: 'missing' }),
  'a trigger that drops the row': () => ({ state: 'dropped' }),
}

/** A good record before each run of bad ones, and the same bad ones once more between good ones. */
const records = Object.values(faults).flatMap((fault, kind) => {
  const first = 1_000 * (kind + 1)
  const good = (id: number) => ({ id, label: `Parcel ${id}`, weight: 1, depot_id: 1 })
  const run = Array.from({ length: 55 }, (_, index) => ({ ...good(first + index), ...fault(first + index) }))
  const mixed = Array.from({ length: 10 }, (_, index) => [
    good(first + 100 + index),
    { ...good(first + 200 + index), ...fault(first + 200 + index) },
  ])
  return [good(first + 500), ...run, ...mixed.flat()]
})
const file = (from: number) =>
  bytes(
    [{ id: 7, weight: 1, depot_id: 1 }, ...records.slice(from), ...records.slice(0, from)]
      .map(record => JSON.stringify(record))
      .join('\n'),
  )

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`
    create table depots (id int primary key);
    insert into depots values (1);
    create table parcels (id int primary key, label text, weight int check (weight > 0),
      depot_id int references depots, state text);
    create function judge() returns trigger language plpgsql as $$
      begin
        if new.state = 'dropped' then return null; end if;
        if new.state = 'missing' then perform missing_function(); end if;
        if new.state is not null then raise exception 'no' using errcode = new.state; end if;
        return new;
      end $$;
    create trigger judge before insert or update on parcels for each row execute function judge()`)
})
afterAll(() => database.drop())

async function imported(batchRows: number, from: number, options: Partial<RunOptions>) {
  await database.pool.query(
    `truncate parcels; insert into parcels select 100000 + n, 'old', 5, 1 from generate_series(0, 59) n`,
  )
  const errors: RecordError[] = []
  const importer = createImporter({ pool: database.pool, resources: [parcels], batchRows })
  const { durationSeconds, ...report } = await importer
    .run({
      resource: 'parcels',
      format: 'ndjson',
      source: file(from),
      onError: error => {
        // Whether the earlier record is in the same batch is the one thing that a sentence may say of batches.
        errors.push({ ...error, message: error.code === 'DUPLICATE_ID' ? '' : error.message })
      },
      ...options,
    })
    .catch(({ code, report: found }) => ({ ...found, code }))
  const { rows } = await database.pool.query('select * from parcels order by id')
  return { report: { ...report, errors: undefined }, errors, rows }
}

const ways: Readonly<Record<string, Partial<RunOptions>>> = {
  error: {},
  ignore: { onConflict: 'ignore' },
  update: { onConflict: 'update' },
  'dry run': { dryRun: true },
  atomic: { atomic: true },
  'at most 300 errors': { maxErrors: 300 },
}

describe.each(Object.keys(ways))('%s', way => {
  test.each([0, 300])('rotated by %i records', async from => {
    const options = ways[way] ?? {}
    const whole = await imported(5_000, from, options)
    expect(whole.errors.length).toBeGreaterThan(way === 'at most 300 errors' ? 299 : 400)
    if (way === 'error') {
      expect(whole.report).toMatchObject({ failed: Object.keys(faults).length * 65 })
      expect(whole.rows).toHaveLength(60 + 1 + Object.keys(faults).length * 11)
    }
    for (const batchRows of [1, 7, 100, 130, 500]) {
      expect(await imported(batchRows, from, options)).toEqual(whole)
    }
  })
})
