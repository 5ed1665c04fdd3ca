// Dry run and atomic: the whole file is judged first, and then nothing or everything is written.
import { Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { createImporter, defineResource, importReportOf, Type } from '../../../src/index.ts'
import { counts, mixed, people, peopleFixture } from '../../fixtures/people-fixture.ts'
import { briefly, rowsOf } from '../../support.ts'

const harness = peopleFixture()

describe.each([1, 3, 1_000])('in batches of %i', batchRows => {
  describe.each(['error', 'ignore', 'update'] as const)('a dry run under %s', onConflict => {
    test('predicts the result of the import, and leaves the table and its sequence unchanged', async () => {
      const before = await rowsOf(harness.database.pool, 'people')
      const foreseen = await harness.run(mixed, batchRows, { onConflict, dryRun: true })
      expect(foreseen.table).toEqual(before)
      expect(foreseen.nextId).toEqual({ last_value: '2', is_called: true })

      const real = await harness.run(mixed, batchRows, { onConflict })
      expect(foreseen.errors).toEqual(real.errors)
      expect(counts(foreseen.report)).toEqual(counts(real.report))
      expect(real.table).not.toEqual(before)
    })
  })

  test('an atomic import with a rejected record writes nothing, and reports all errors', async () => {
    const before = await rowsOf(harness.database.pool, 'people')
    const result = await harness.run(mixed, batchRows, { atomic: true })
    expect(result.code).toBe('IMPORT_ROLLED_BACK')
    expect(result.table).toEqual(before)
    expect(result.errors).toEqual([
      '2 email DUPLICATE_EMAIL',
      '3 email DUPLICATE_EMAIL',
      '4 name CONSTRAINT_VIOLATION',
      '5 team_id TEAM_NOT_FOUND',
      '6 id DUPLICATE_ID',
      '10 boss_id BOSS_NOT_FOUND',
      '11 email INVALID_EMAIL',
    ])
    expect(counts(result.report)).toEqual({
      processed: 7,
      successful: 0,
      failed: 7,
      inserted: 0,
      updated: 0,
      ignored: 0,
      unprocessed: 4,
    })
  })

  test('an atomic import without rejected records is like any other', async () => {
    const clean = mixed.filter((_, index) => [0, 6, 7, 8].includes(index))
    const result = await harness.run(clean, batchRows, { atomic: true })
    expect(result.code).toBeUndefined()
    expect(counts(result.report)).toMatchObject({ processed: 4, inserted: 4, failed: 0, unprocessed: 0 })
    expect(result.table).toEqual([
      '(1,a@x,Ada,,,A@X,"2000-01-01 00:00:00+00")',
      '(2,b@x,Bob,,,B@X,"2000-01-01 00:00:00+00")',
      '(3,c@x,new,,,C@X,"2000-01-01 00:00:00+00")',
      '(50,g@x,,50,,G@X,"2000-01-01 00:00:00+00")',
      '(51,h@x,,1,,H@X,"2000-01-01 00:00:00+00")',
      '(52,i@x,,51,2,I@X,"2000-01-01 00:00:00+00")',
    ])
  })

  test('an atomic update writes what a dry run predicted', async () => {
    const result = await harness.run(
      [
        { id: 1, email: 'a@x', name: 'Ada L.' },
        { email: 'B@x', boss_id: 1 },
        { email: 'B@x', team_id: 1 },
        { email: 'k@x', boss_id: 2 },
      ],
      batchRows,
      { atomic: true, onConflict: 'update' },
    )
    expect(counts(result.report)).toMatchObject({ inserted: 1, updated: 3, ignored: 0, failed: 0 })
    expect(result.table.map(row => row.replace(/,"2000.*/, ''))).toEqual([
      '(1,a@x,"Ada L.",,,A@X',
      '(2,B@x,Bob,1,1,B@X',
      '(3,k@x,,2,,K@X',
    ])
  })
})

test('a dry run reports what it cannot judge', async () => {
  await harness.database.pool.query(`
    create table odd (id int primary key, code text constraint once unique, team_id int constraint in_team references teams (id),
      place text, constraint apart exclude using btree (place with =));
    create function quiet() returns trigger language plpgsql as $$ begin return new; end $$;
    create trigger quiet before insert on odd for each row execute function quiet();
    alter table odd enable row level security`)
  const odd = defineResource('odd', {
    table: 'odd',
    schema: Type.Object({ id: Type.Integer(), code: Type.Optional(Type.String()) }),
  })
  const importer = createImporter({ pool: harness.database.pool, resources: [odd] })
  const report = await importer.run({ resource: 'odd', source: [{ id: 1 }], dryRun: true })
  expect(report.notJudged).toEqual([
    'triggers',
    'row-level security',
    'foreign key "in_team"',
    'unique index "once" against rows of the table',
    'exclusion constraint "apart" against rows of the table',
  ])
})

test('a rejection by the table alone rolls an atomic import back, and is reported', async () => {
  await harness.database.pool.query(`
    create table guarded (id int primary key, name text);
    create function refuse() returns trigger language plpgsql as $$
      begin if new.name = 'evil' then raise exception 'no'; end if; return new; end $$;
    create trigger refuse before insert on guarded for each row execute function refuse()`)
  const guarded = defineResource('guarded', {
    table: 'guarded',
    schema: Type.Object({ id: Type.Integer(), name: Type.String() }),
  })
  const importer = createImporter({ pool: harness.database.pool, resources: [guarded], batchRows: 2 })
  const file = [
    { id: 1, name: 'a' },
    { id: 2, name: 'b' },
    { id: 3, name: 'evil' },
    { id: 4, name: 'd' },
  ]
  const fault = await importer
    .run({ resource: 'guarded', source: file, atomic: true })
    .catch((error: unknown) => error)
  expect(fault).toMatchObject({ code: 'IMPORT_ROLLED_BACK' })
  const report = importReportOf(fault)
  expect(report).toMatchObject({ processed: 1, failed: 1, successful: 0, unprocessed: 3 })
  expect(briefly(report?.errors ?? [])).toEqual(['3 null CONSTRAINT_VIOLATION'])
  expect(await rowsOf(harness.database.pool, 'guarded')).toEqual([])
})

test('an atomic import in the transaction of the caller leaves its end to the caller', async () => {
  const client = await harness.database.pool.connect()
  try {
    const importer = createImporter({ pool: harness.database.pool, resources: [people], batchRows: 2 })
    await client.query('begin')
    await client.query(`insert into people (email) values ('mine@x')`)
    await expect(
      importer.run({ resource: 'people', source: mixed, atomic: true, client }),
    ).rejects.toMatchObject({ code: 'IMPORT_ROLLED_BACK' })
    await importer.run({ resource: 'people', source: [{ email: 'z@x' }], atomic: true, client })
    await importer.run({ resource: 'people', source: [{ email: 'never@x' }], dryRun: true, client })
    const { rows } = await client.query('select email from people order by id')
    expect(rows.map(({ email }) => email)).toEqual(['a@x', 'b@x', 'mine@x', 'z@x'])
    await client.query('rollback')
  } finally {
    client.release()
  }
  expect(await rowsOf(harness.database.pool, 'people')).toHaveLength(2)
})

test('a committed atomic import is reported as committed, even if the stream of rejects fails afterwards', async () => {
  const importer = createImporter({ pool: harness.database.pool, resources: [people] })
  const rejects = new Writable({
    write: (_chunk, _encoding, done) => done(),
    final: done => done(new Error('The disk is gone.')),
  })
  const fault = await importer
    .run({
      resource: 'people',
      format: 'csv',
      source: Buffer.from('email\nz@x\n'),
      atomic: true,
      rejects,
    })
    .catch((error: unknown) => error)
  expect(importReportOf(fault)).toMatchObject({ successful: 1, inserted: 1, unprocessed: 0 })
  expect(await rowsOf(harness.database.pool, 'people')).toHaveLength(3)
})
