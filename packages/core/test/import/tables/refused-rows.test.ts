// Rows that the database rejects: the row at fault is explained, and all others of its batch are imported.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { defineResource, Type } from '../../../src/index.ts'
import { bytes, importFile } from '../../support.ts'

const things = defineResource('things', {
  table: 'things',
  schema: Type.Object({ id: Type.Integer(), name: Type.String() }),
})

let database: TestDatabase
beforeEach(async () => {
  database = await createDatabase()
})
afterEach(() => database.drop())

const csv = (names: readonly string[]) =>
  bytes(`id,name\n${names.map((name, index) => `${index + 1},${name}\n`).join('')}`)

async function importThings(names: readonly string[], batchRows = 1_000) {
  const { report, errors } = await importFile(database.pool, 'things', 'csv', csv(names), {
    resources: [things],
    batchRows,
  })
  const { rows } = await database.pool.query('select name from things order by id')
  return {
    report,
    reported: errors.map(({ rowNumber, code, message }) => `${rowNumber} ${code} ${message}`),
    names: rows.map(({ name }) => name),
  }
}

describe.each([
  {
    rule: 'a CHECK',
    table: `create table things (id int primary key, name text constraint no_evil check (name <> 'evil'))`,
    reported: '"name" must not be evil.',
  },
  {
    rule: 'a domain',
    table: `create domain good as text constraint good_only check (value <> 'evil'); create table things (id int primary key, name good)`,
    reported: '"name" must not be evil.',
  },
  {
    rule: 'the expression of a generated column',
    table: `create table things (id int primary key, name text, number int generated always as (case name when 'evil' then name::int end) stored)`,
    reported:
      'The table cannot compute "number" from "name": a text cannot be read as the type that is needed. Correct "name".',
  },
  {
    rule: 'an exclusion constraint',
    table: `create table things (id int primary key, name text, constraint no_second_evil exclude using btree (name with =) where (name = 'evil')); insert into things values (0, 'evil')`,
    reported:
      '"name" must be unique among some rows (rule "no_second_evil"), and another of these has the same value already.',
    extra: ['evil'],
  },
  {
    rule: 'a deferred unique constraint that the resource does not know',
    table: `create table things (id int primary key, name text constraint once unique deferrable initially deferred); insert into things values (0, 'evil')`,
    reported: '"name" must be unique, and another row of things has the same value already.',
    extra: ['evil'],
  },
  {
    rule: 'a trigger that raises',
    table: `create table things (id int primary key, name text);
      create function refuse() returns trigger language plpgsql as $$ begin if new.name = 'evil' then raise exception 'Nothing evil here' using detail = 'secret'; end if; return new; end $$;
      create trigger refuse before insert on things for each row execute function refuse()`,
    reported: 'Nothing evil here.',
  },
  {
    rule: 'a trigger that drops the row silently',
    table: `create table things (id int primary key, name text);
      create function swallow() returns trigger language plpgsql as $$ begin if new.name = 'evil' then return null; end if; return new; end $$;
      create trigger swallow before insert on things for each row execute function swallow()`,
    reported: 'A trigger of things dropped this record without a reason; ask the owner of the table why.',
  },
  {
    rule: 'a CHECK of a partitioned table',
    table: `create table things (id int primary key, name text constraint no_evil check (name <> 'evil')) partition by range (id);
      create table things_low partition of things for values from (0) to (4); create table things_high partition of things for values from (4) to (100)`,
    reported: '"name" must not be evil.',
  },
])('a row that $rule rejects', ({ table, reported, extra = [] }) => {
  test.each([1, 2, 1_000])(
    'is CONSTRAINT_VIOLATION, and the others are imported (batches of %i)',
    async batchRows => {
      await database.pool.query(table)
      const result = await importThings(['a', 'evil', 'b', 'c'], batchRows)
      expect(result.reported).toEqual([`3 CONSTRAINT_VIOLATION ${reported}`])
      expect(result.names.map(name => name.trim())).toEqual([...extra, 'a', 'b', 'c'])
      expect(result.report).toMatchObject({ processed: 4, successful: 3, failed: 1 })
    },
  )
})

test('a record that was rejected because of a row that is rejected later is imported after all', async () => {
  await database.pool.query(`create table things (id int primary key, name text check (name <> 'evil'))`)
  const { report, errors } = await importFile(
    database.pool,
    'things',
    'csv',
    bytes('id,name\n1,evil\n1,good\n1,late\n2,b\n'),
    { resources: [things] },
  )
  expect(errors.map(({ rowNumber, code, message }) => [rowNumber, code, message])).toEqual([
    [2, 'CONSTRAINT_VIOLATION', '"name" must not be evil.'],
    [4, 'DUPLICATE_ID', 'The same "id" is already in row 3 of this file.'],
  ])
  expect(report).toMatchObject({ successful: 2, failed: 2 })
  const { rows } = await database.pool.query('select id, name from things order by id')
  expect(rows).toEqual([
    { id: 1, name: 'good' },
    { id: 2, name: 'b' },
  ])
})

test('a trigger that rejects all records rejects each of them, whatever the batches are', async () => {
  await database.pool.query(`create table things (id int primary key, name text);
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'closed today'; end $$;
    create trigger refuse before insert on things for each row execute function refuse()`)
  for (const batchRows of [60, 1_000]) {
    const { reported } = await importThings(
      Array.from({ length: 200 }, () => 'x'),
      batchRows,
    )
    expect(reported).toEqual(
      Array.from({ length: 200 }, (_, index) => `${index + 2} CONSTRAINT_VIOLATION closed today.`),
    )
  }
})

test.each([10, 60, 1_000])(
  'a trigger without a privilege rejects each of the first 200 records, in batches of %i',
  async batchRows => {
    await database.pool.query(`create table things (id int primary key, name text);
    create function refuse() returns trigger language plpgsql as $$
      begin raise exception 'secret' using errcode = 'insufficient_privilege'; end $$;
    create trigger refuse before insert on things for each row execute function refuse()`)
    const { reported, names } = await importThings(
      Array.from({ length: 200 }, () => 'x'),
      batchRows,
    )
    expect(reported).toEqual(
      Array.from(
        { length: 200 },
        (_, index) =>
          `${index + 2} CONSTRAINT_VIOLATION The database user may not write this record of things; ask the owner of the table to grant the missing privilege.`,
      ),
    )
    expect(names).toEqual([])
  },
)

test('5,000 rows of which every second one is rejected: all are reported, all others are imported', async () => {
  await database.pool.query(
    `create table things (id int primary key, name text constraint no_evil check (name <> 'evil'))`,
  )
  const names = Array.from({ length: 5_000 }, (_, index) => (index % 2 === 0 ? 'good' : 'evil'))
  const { reported, names: present } = await importThings(names, 5_000)
  expect(present).toEqual(Array.from({ length: 2_500 }, () => 'good'))
  expect(reported).toEqual(
    names.flatMap((name, index) =>
      name === 'evil' ? [`${index + 2} CONSTRAINT_VIOLATION "name" must not be evil.`] : [],
    ),
  )
})
