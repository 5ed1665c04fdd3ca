// Sequences that are not plain: they keep their step and their bounds.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { createImporter, defineResource, Type } from '../../../src/index.ts'
import { draws } from '../../fixtures/sequences-fixture.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database.drop())

describe('a sequence', () => {
  test.each([
    ['that runs downwards', 'increment -1', [-4, -9, 7], -10],
    ['that runs downwards, far', 'increment -1', [-4, -90_000], -90_001],
    ['with a step keeps its rhythm', 'increment 10 start 1', [15], 21],
    ['with a step keeps its rhythm, far', 'increment 10 start 3', [50_000], 50_003],
    ['with a step that is met exactly', 'increment 10 start 1', [21], 31],
    ['with values before its start', 'start 100', [5, 99], 100],
    ['with values past its bound', 'maxvalue 50', [7, 1_000], 8],
    ['with negative values', '', [-5, 0], 1],
    ['that cycles at its end', 'maxvalue 50 cycle', [49], 50],
    ['that cycles, written at its end', 'maxvalue 50 cycle', [50], 1],
    [
      'with the largest numbers there are',
      'start 9007199254740000',
      [9_007_199_254_740_990],
      9_007_199_254_740_991,
    ],
  ] as [string, string, number[], number][])('%s', async (_, options, ids, expected) => {
    const { run, next } = await draws(database.pool, options)
    expect(await run(ids)).toEqual([])
    expect(await next()).toBe(expected)
  })

  test.each(['smallint', 'int'])(
    'of %s is exhausted after its last number was written, and never returns one twice',
    async type => {
      const { run, next } = await draws(database.pool, '', type)
      const last = type === 'smallint' ? 32_767 : 2_147_483_647
      expect(await run([last, 5])).toEqual([])
      await expect(next()).rejects.toMatchObject({ code: '2200H' })
    },
  )

  test('that two columns share is moved past the values of both', async () => {
    const { run, next, table, sequence } = await draws(database.pool, '')
    await database.pool.query(`alter table ${table} alter other set default nextval('${sequence}')`)
    await run([
      { id: 4, other: 11 },
      { id: 9, other: 2 },
    ])
    expect(await next()).toBe(12)
    await run([{ id: 70_000, other: 3 }])
    expect(await next()).toBe(70_001)
  })

  test('that was set, and has not been called, is moved past them', async () => {
    const { run, next, sequence } = await draws(database.pool, '')
    await database.pool.query(`select setval('${sequence}', 40, false)`)
    await run([39])
    expect(await next()).toBe(40)
    await database.pool.query(`select setval('${sequence}', 60, false)`)
    await run([60])
    expect(await next()).toBe(61)
  })

  test('whose numbers another session caches is reset', async () => {
    const { run, table } = await draws(database.pool, 'cache 20')
    const other = await database.pool.connect()
    const insert = async () =>
      (await other.query(`insert into ${table} (name) values ('x') returning id::int`)).rows[0].id
    expect(await insert()).toBe(1)
    expect(await run([5, 7])).toEqual([])
    expect(await insert()).toBeGreaterThan(20)
    expect(await run([100, 120])).toEqual([])
    expect(await insert()).toBeGreaterThan(120)
    other.release()
  })

  test('that is dropped while the importer knows it does not fail an import', async () => {
    const { run, table, sequence } = await draws(database.pool, '')
    await run([1])
    await database.pool.query(`alter table ${table} alter id drop default; drop sequence ${sequence}`)
    expect(await run([{ id: 2, other: 3 }])).toEqual([])
  })
})

test('a number that an update writes counts, and one that it leaves unchanged does not', async () => {
  const { table, sequence } = await draws(database.pool, '')
  await database.pool.query(`
    create table ticket_${table} (name text primary key, number bigint default nextval('${sequence}'), note text)`)
  const resource = defineResource('tickets', {
    table: `ticket_${table}`,
    schema: Type.Object({
      name: Type.String(),
      number: Type.Optional(Type.Integer()),
      note: Type.Optional(Type.String()),
    }),
  })
  const importer = createImporter({ pool: database.pool, resources: [resource] })
  const update = (...source: object[]) => importer.run({ resource: 'tickets', source, onConflict: 'update' })
  const next = async () =>
    Number((await database.pool.query(`select nextval('${sequence}') as next`)).rows[0].next)
  await update({ name: 'a', number: 3 }, { name: 'b' })
  await update({ name: 'a', number: 70_000 }, { name: 'c' })
  expect(await next()).toBe(70_001)
  await update({ name: 'b', note: 'x' }, { name: 'b', note: 'y', number: 80_000 }, { name: 'a', note: 'z' })
  expect(await next()).toBe(80_001)
})

test('a number that the table generates and that is taken is reported as such', async () => {
  const { table } = await draws(database.pool, '')
  await database.pool.query(`insert into ${table} (id) values (1), (2)`)
  const resource = defineResource(table, {
    table,
    schema: Type.Object({ id: Type.Optional(Type.Integer()), name: Type.String() }),
  })
  const importer = createImporter({ pool: database.pool, resources: [resource] })
  for (const dryRun of [true, false]) {
    const source = [{ name: 'a' }, { id: 2, name: 'b' }]
    const { errors } = await importer.run({ resource: table, source, dryRun })
    expect(errors.map(({ code, field, message }) => [code, field, message])).toEqual([
      ...(dryRun
        ? []
        : [
            [
              'DUPLICATE_ID',
              'id',
              'The table generated a number for "id" that is already in use: its sequence lags behind existing rows. Move the sequence past them, and import the record again.',
            ],
          ]),
      ['DUPLICATE_ID', 'id', `The same "id" is already in ${table}.`],
    ])
  }
})

test('a dry run handles sequences of every kind, and moves none', async () => {
  for (const options of [
    'increment -1',
    'increment 10 start 7',
    'maxvalue 9 cycle',
    'start 5 minvalue 5 maxvalue 6',
  ]) {
    const { run, position, next } = await draws(database.pool, options)
    const first = await next()
    const before = await position()
    await run([{ name: 'a' }].slice(options.includes('maxvalue 6') ? 1 : 0), { dryRun: true })
    expect([await position(), first]).toEqual([before, first])
  }
})

test('a sequence of a partitioned table, through the table and through a partition', async () => {
  await database.pool.query(`
    create table parts (id bigint generated always as identity, place text not null, primary key (id, place)) partition by list (place);
    create table parts_north partition of parts for values in ('north')`)
  const schema = Type.Object({ id: Type.Integer(), place: Type.String() })
  const resources = ['parts', 'parts_north'].map(table => defineResource(table, { table, schema }))
  const importer = createImporter({ pool: database.pool, resources })
  const insert = async () =>
    (await database.pool.query(`insert into parts (place) values ('north') returning id::int`)).rows[0].id
  const rows = (...ids: number[]) => ids.map(id => ({ id, place: 'north' }))
  await importer.run({ resource: 'parts', source: rows(6) })
  expect(await insert()).toBe(7)
  await importer.run({ resource: 'parts_north', source: rows(20, 9) })
  expect(await insert()).toBe(21)
})
