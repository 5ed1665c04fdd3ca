// Records that break a CHECK of the table are found as a set, and reported as if each had been tried alone.
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { RecordError } from '../../../src/index.ts'
import { directHarness, things } from '../../fixtures/direct-harness.ts'
import { bytes, rowsOf } from '../../support.ts'

const harness = directHarness()

/** Whether rows were tried one by one. */
const wereTried = () => harness.log.statements.some(statement => statement.includes('refusals json'))

const file = (...lines: string[]) => bytes(`id,name\n${lines.map(line => `${line}\n`).join('')}`)

/** Row number, code and message of each error. */
async function errorsOf(source: Buffer, batchRows = 100): Promise<[number, string, string][]> {
  const errors: [number, string, string][] = []
  const onError = ({ rowNumber, code, message }: { rowNumber: number; code: string; message: string }) =>
    errors.push([rowNumber, code, message])
  await harness.run({ source, onError }, things, batchRows)
  return errors
}

const tooLow = '"id" must be greater than 0.'
const isEvil = '"name" must not be evil.'

test('each is reported with the first check by name that it breaks, in every batch', async () => {
  await harness.database.pool.query(`create table things (id int primary key, name text,
    constraint b_low check (id > 0), constraint a_evil check (name <> 'evil'))`)
  const source = file('1,a', '-2,b', '3,evil', '-4,evil', '5,', '-6,c', '7,d', '8,evil')
  expect(await errorsOf(source, 3)).toEqual([
    [3, 'CONSTRAINT_VIOLATION', tooLow],
    [4, 'CONSTRAINT_VIOLATION', isEvil],
    [5, 'CONSTRAINT_VIOLATION', isEvil],
    [7, 'CONSTRAINT_VIOLATION', tooLow],
    [9, 'CONSTRAINT_VIOLATION', isEvil],
  ])
  expect(await rowsOf(harness.database.pool, 'things')).toEqual(['(1,a)', '(5,)', '(7,d)'])
  expect(wereTried()).toBe(false)
})

test('one that breaks a check does not hold its key: a later record with the same key is imported', async () => {
  await harness.database.pool.query(
    `create table things (id int primary key, name text check (name <> 'evil'))`,
  )
  expect(await errorsOf(file('1,evil', '1,a', '1,b'))).toEqual([
    [2, 'CONSTRAINT_VIOLATION', isEvil],
    [4, 'DUPLICATE_ID', 'The same "id" is already in row 3 of this file.'],
  ])
  expect(await rowsOf(harness.database.pool, 'things')).toEqual(['(1,a)'])
  expect(wereTried()).toBe(false)
})

test('a duplicate that also breaks a check is reported as a duplicate', async () => {
  await harness.database.pool.query(
    `create table things (id int primary key, name text check (name <> 'evil')); insert into things values (1, 'old')`,
  )
  expect(await errorsOf(file('1,evil', '2,evil', '3,c'))).toEqual([
    [2, 'DUPLICATE_ID', 'The same "id" is already in things.'],
    [3, 'CONSTRAINT_VIOLATION', isEvil],
  ])
  expect(wereTried()).toBe(false)
})

test('a check over a column with a default is judged with that', async () => {
  await harness.database.pool.query(
    'create table things (id int primary key, name text, most int default 5, constraint low check (id < most))',
  )
  expect(await errorsOf(file('1,a', '9,b'))).toEqual([
    [3, 'CONSTRAINT_VIOLATION', '"id" breaks the rule "low" of the table; correct it.'],
  ])
  expect(wereTried()).toBe(false)
})

test('a check that is not enforced, as PostgreSQL 18 has, rejects nothing', async () => {
  const { rows } = await harness.database.pool.query(
    "select current_setting('server_version_num')::int as version",
  )
  const hasThem = rows[0].version >= 180_000
  await harness.database.pool.query(`create table things (id int primary key check (id < 9),
    name text, constraint idle check (name <> 'evil') ${hasThem ? 'not enforced' : ''})`)
  const found = await errorsOf(file('1,a', '2,evil', '9,b'))
  expect(found.map(([row]) => row)).toEqual(hasThem ? [4] : [3, 4])
})

test('a check that is added while an atomic import reads its file is reported with the values of the record', async () => {
  await harness.database.pool.query('create table things (id int primary key, name text)')
  async function* source() {
    yield file('1,a', '2,evil', '3,c')
    // The batch is in the shadow table, which has no such check.
    await expect.poll(() => harness.log.statements.join().includes('lading_kept_')).toBe(true)
    await harness.database.pool.query(`alter table things add constraint no_evil check (name <> 'evil')`)
    yield bytes('4,d\n5,e\n6,f\n')
  }
  const errors: unknown[] = []
  const onError = ({ rowNumber, recordIdentifier, value }: RecordError) =>
    errors.push([rowNumber, recordIdentifier, value])
  const run = harness.run({ source: Readable.from(source()), atomic: true, onError }, things, 2)
  await expect(run).rejects.toMatchObject({ code: 'IMPORT_ROLLED_BACK' })
  expect(errors).toEqual([[3, '2', 'evil']])
  expect(wereTried()).toBe(false)
})

describe('rows are tried one by one', () => {
  const reasons: Readonly<Record<string, { sql: string; errors: readonly number[] }>> = {
    'if a trigger mends them first': {
      sql: `create table things (id int primary key, name text check (name <> 'evil'));
        create function mend() returns trigger language plpgsql as $$ begin
          if new.id = 2 then new.name := 'good'; end if; return new; end $$;
        create trigger mend before insert on things for each row execute function mend()`,
      errors: [4],
    },
    'if a function of the application judges them': {
      sql: `create function is_good(name text) returns boolean language sql as $$ select name <> 'evil' $$;
        create table things (id int primary key, name text check (is_good(name)))`,
      errors: [3, 4],
    },
    'if an expression fails for one of them': {
      sql: `create table things (id int primary key, name text check (name <> 'evil'), check (10 / (id - 3) > -100))`,
      errors: [3, 4],
    },
    'if a column has a collation of its own': {
      sql: `create table things (id int primary key, name text collate "C" check (name <> 'evil'))`,
      errors: [3, 4],
    },
    'if a generated column is computed before': {
      sql: `create table things (id int primary key, name text check (name <> 'evil'),
        twice int generated always as (id * 2) stored)`,
      errors: [3, 4],
    },
  }
  test.each(Object.entries(reasons))('%s', async (_, { sql, errors }) => {
    await harness.database.pool.query(sql)
    const found = await errorsOf(file('1,a', '2,evil', '3,evil', '4,d'))
    expect(found.map(([row]) => row)).toEqual(errors)
    expect(wereTried()).toBe(true)
    await harness.database.pool.query('drop function if exists mend, is_good cascade')
  })
})
