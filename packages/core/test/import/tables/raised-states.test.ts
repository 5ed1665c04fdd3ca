// Code of the table raises any SQLSTATE for one row: that row has an error, whatever the state means elsewhere.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import {
  createImporter,
  defineResource,
  type RecordError,
  type Resource,
  type RunOptions,
  Type,
} from '../../../src/index.ts'
import { bytes } from '../../support.ts'

/** Of every class that means something else when the server itself raises it, and some custom ones. */
const states = [
  '08006',
  '25006',
  '25P02',
  '25P03',
  '25P04',
  '26000',
  '28P01',
  '3D000',
  '40001',
  '40P01',
  '40003',
  '42501',
  '42601',
  '42883',
  '42P01',
  '53100',
  '53300',
  '55000',
  '55P03',
  '57014',
  '57P01',
  '58030',
  'F0000',
  'HV000',
  'P0002',
  'P0004',
  'XX000',
  'XX001',
]

/** What runs when a row is written; each raises the state that the row names. */
const places = ['trigger', 'late_trigger', 'check', 'generated', 'cast'] as const

const schema = Type.Object({ id: Type.Integer(), state: Type.Optional(Type.String()) })
const resources = places.map(table => defineResource(table, { table, schema, key: ['id'] }))

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`
    create function raised(state text) returns text language plpgsql immutable as $$
      begin
        if state is not null then raise exception 'secret of the owner' using errcode = state; end if;
        return state;
      end $$;
    create function judge() returns trigger language plpgsql as $$
      begin perform raised(new.state); return new; end $$;
    create table trigger (id int primary key, state text);
    create trigger judge before insert or update on trigger for each row execute function judge();
    create table late_trigger (id int primary key, state text);
    create constraint trigger judge after insert or update on late_trigger
      deferrable initially deferred for each row execute function judge();
    create table "check" (id int primary key, state text check (raised(state) is null));
    create table generated (id int primary key, state text, same text generated always as (raised(state)) stored);
    create domain judged as text check (raised(value) is null);
    create table "cast" (id int primary key, state judged)`)
})
afterAll(() => database.drop())

/** A good record before each bad one, and one after all. */
const records = [
  ...states.flatMap((state, index) => [{ id: 2 * index + 1 }, { id: 2 * index + 2, state }]),
  { id: 1_000 },
]
const file = bytes(records.map(record => JSON.stringify(record)).join('\n'))
const good = records.filter(record => !('state' in record)).map(({ id }) => ({ id, state: null }))
const bad = states.map((_, index) => 2 * index + 2)

async function imported(table: string, options: Partial<RunOptions> = {}, batchRows = 1_000) {
  const errors: RecordError[] = []
  const importer = createImporter<Resource>({ pool: database.pool, resources, batchRows })
  const report = await importer
    .run({
      resource: table,
      format: 'ndjson',
      source: file,
      onError: error => errors.push(error),
      ...options,
    })
    .catch(({ code, report }) => ({ ...report, code }))
  const { rows } = await database.pool.query(`select id, state from "${table}" order by id`)
  return { report, errors, rows }
}

function expectRejected(errors: readonly RecordError[]): void {
  expect(errors.map(({ rowNumber }) => rowNumber)).toEqual(bad)
  for (const { code, message } of errors) {
    expect(code).toBe('CONSTRAINT_VIOLATION')
    expect(message).toMatch(/^[A-Z"].*\.$/)
    expect(message).not.toMatch(/secret|[0-9A-Z]{2}[0-9]{3}/)
  }
}

describe.each(places)('raised by a %s', table => {
  test.each(['error', 'ignore', 'update'] as const)('under %s', async onConflict => {
    await database.pool.query(`truncate "${table}"; insert into "${table}" values (1)`)
    const { report, errors, rows } = await imported(table, { onConflict })
    const isKept = onConflict !== 'error'
    const rejected = isKept ? bad : [1, ...bad]
    expect(report).toMatchObject({ processed: records.length, failed: rejected.length })
    expectRejected(isKept ? errors : errors.slice(1))
    expect(rows).toEqual(good)
  })

  test('in a file that is imported atomically', async () => {
    await database.pool.query(`truncate "${table}"`)
    const { report, errors, rows } = await imported(table, { atomic: true })
    expect(report).toMatchObject({ code: 'IMPORT_ROLLED_BACK', failed: bad.length })
    expectRejected(errors)
    expect(rows).toEqual([])
  })
})

test.each(['check', 'generated', 'cast'] as const)('a dry run judges a %s the same', async table => {
  await database.pool.query(`truncate "${table}"`)
  const { report, errors, rows } = await imported(table, { dryRun: true })
  expect(report).toMatchObject({ processed: records.length, failed: bad.length })
  expectRejected(errors)
  expect(rows).toEqual([])
})

test('rows that are updated: the others are changed', async () => {
  await database.pool.query(`truncate trigger; insert into trigger select generate_series(1, 1000)`)
  const { report, errors } = await imported('trigger', { onConflict: 'update' })
  expect(report).toMatchObject({ failed: bad.length, inserted: 0 })
  expectRejected(errors)
})
