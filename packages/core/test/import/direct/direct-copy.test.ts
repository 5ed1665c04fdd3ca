// Batches are copied straight into the table as long as it takes them whole.
import { describe, expect, test } from 'vitest'
import { createThings, directHarness, five, things } from '../../fixtures/direct-harness.ts'
import { bytes, rowsOf } from '../../support.ts'

const harness = directHarness()

test.each(['error', 'ignore', 'update'] as const)('clean batches are copied, under %s', async onConflict => {
  await harness.database.pool.query(createThings)
  expect(await harness.run({ onConflict })).toMatchObject({ processed: 5, inserted: 5, failed: 0 })
  expect(await rowsOf(harness.database.pool, 'things')).toEqual(five)
  expect([harness.log.copiedInto('things'), harness.log.merged()]).toEqual([2, 0])
})

test('so are the good records of a batch whose others are rejected before they reach the database', async () => {
  await harness.database.pool.query(createThings)
  const source = bytes('id,name\n1,a\nx,b\n3,c\n')
  expect(await harness.run({ source })).toMatchObject({ inserted: 2, failed: 1 })
  expect([harness.log.copiedInto('things'), harness.log.merged()]).toEqual([1, 0])
})

test('a table with partitions, triggers, defaults, generated and identity columns takes copies', async () => {
  await harness.database.pool.query(`
    create table things (id int generated always as identity, name text, at int default 7,
      twice int generated always as (id * 2) stored, primary key (id)) partition by range (id);
    create table low partition of things for values from (0) to (4);
    create table high partition of things for values from (4) to (100);
    create table seen (id int);
    create function note() returns trigger language plpgsql as $$ begin insert into seen values (new.id); return new; end $$;
    create trigger note after insert on things for each row execute function note()`)
  expect(await harness.run()).toMatchObject({ inserted: 5 })
  expect(await rowsOf(harness.database.pool, 'things')).toEqual([
    '(1,a,7,2)',
    '(2,b,7,4)',
    '(3,c,7,6)',
    '(4,d,7,8)',
    '(5,e,7,10)',
  ])
  expect(await rowsOf(harness.database.pool, 'seen')).toEqual(['(1)', '(2)', '(3)', '(4)', '(5)'])
  expect([harness.log.copiedInto('things'), harness.log.merged()]).toEqual([2, 0])
  const { rows } = await harness.database.pool.query(`insert into things (name) values ('next') returning id`)
  expect(rows).toEqual([{ id: 6 }])
})

test('a transaction of the caller is neither committed nor left', async () => {
  await harness.database.pool.query(createThings)
  const client = await harness.log.pool.connect()
  await client.query('begin')
  expect(
    await harness.run({ client, source: bytes('id,name\n1,a\n2,b\n3,c\n3,again\n5,e\n') }),
  ).toMatchObject({
    inserted: 4,
    failed: 1,
  })
  expect((await client.query('select count(*)::int as count from things')).rows).toEqual([{ count: 4 }])
  await client.query('rollback')
  client.release()
  expect(await rowsOf(harness.database.pool, 'things')).toEqual([])
  expect([harness.log.copiedInto('things'), harness.log.merged()]).toEqual([2, 1])
})

describe('a batch that the table refuses', () => {
  test('is merged, and later clean batches are copied again', async () => {
    await harness.database.pool.query(createThings)
    const lines = Array.from({ length: 12 }, (_, index) => `${index === 4 ? 1 : index + 1},n\n`)
    expect(await harness.run({ source: bytes(`id,name\n${lines.join('')}`) })).toMatchObject({
      inserted: 11,
      failed: 1,
    })
    // The second batch is refused and merged, the third is merged, the fourth is copied.
    expect([harness.log.copiedInto('things'), harness.log.merged()]).toEqual([3, 2])
  })

  test('is tried seldom in a file that is dirty throughout', async () => {
    await harness.database.pool.query(createThings)
    const lines = Array.from({ length: 120 }, (_, index) => `${index % 3 === 2 ? 1 : index + 1},n\n`)
    expect(await harness.run({ source: bytes(`id,name\n${lines.join('')}`) })).toMatchObject({
      inserted: 80,
      failed: 40,
    })
    expect([harness.log.copiedInto('things'), harness.log.merged()]).toEqual([1, 40])
  })

  test('is one of which a trigger drops a row', async () => {
    await harness.database.pool.query(`${createThings};
      create function drop_b() returns trigger language plpgsql as $$ begin
        if new.name = 'b' then return null; end if; return new; end $$;
      create trigger drop_b before insert on things for each row execute function drop_b()`)
    const report = await harness.run({}, things, 10)
    expect(report).toMatchObject({ inserted: 4, failed: 1 })
    expect(report.errors).toMatchObject([{ rowNumber: 3, code: 'CONSTRAINT_VIOLATION' }])
    expect(await rowsOf(harness.database.pool, 'things')).toEqual(five.filter(row => row !== '(2,b)'))
    expect([harness.log.copiedInto('things'), harness.log.merged()]).toEqual([1, 1])
  })

  test('is one whose deferred constraint fails at its end', async () => {
    await harness.database.pool.query(`create table parents (id int primary key); insert into parents values (1), (2), (4), (5);
      create table things (id int primary key references parents deferrable initially deferred, name text)`)
    const report = await harness.run({}, things, 10)
    expect(report).toMatchObject({ inserted: 4, failed: 1 })
    expect(report.errors).toMatchObject([{ rowNumber: 4, code: 'CONSTRAINT_VIOLATION' }])
    expect([harness.log.copiedInto('things'), harness.log.merged()]).toEqual([1, 1])
  })
})
