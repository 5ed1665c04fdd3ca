// A table that others inherit from: their rows are rows of it too, and its unique indexes do not know them.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { createImporter, defineResource, type Resource, type RunOptions, Type } from '../../../src/index.ts'
import { briefly } from '../../support.ts'

const cities = defineResource('cities', {
  table: 'cities',
  schema: Type.Object({
    id: Type.Integer(),
    name: Type.String(),
    people: Type.Optional(Type.Integer()),
  }),
  key: [{ fields: ['id'] }, { fields: ['name'] }],
})

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`
    create table cities (id int primary key, name text not null unique, people int);
    create table capitals (state text) inherits (cities);
    alter table capitals add primary key (id)`)
})
/** Oslo is in both tables, Rome is a capital, Bonn is not. */
beforeEach(() =>
  database.pool.query(`
    truncate cities, capitals;
    insert into cities values (1, 'Oslo', 10), (2, 'Bonn', 20);
    insert into capitals values (1, 'Oslo', 11, 'NO'), (3, 'Rome', 30, 'IT')`),
)
afterAll(() => database.drop())

const before = ['capitals:(1,Oslo,11)', 'capitals:(3,Rome,30)', 'cities:(1,Oslo,10)', 'cities:(2,Bonn,20)']

async function run(source: object[], options: Partial<RunOptions>, batchRows: number) {
  const errors: string[] = []
  const report = await createImporter<Resource>({ pool: database.pool, resources: [cities], batchRows }).run({
    resource: 'cities',
    source: source as never,
    onError: error => errors.push(...briefly([error])),
    ...options,
  })
  const { rows } = await database.pool.query(
    `select tableoid::regclass || ':' || row(id, name, people) as row from cities order by 1`,
  )
  const { inserted, updated, ignored, failed } = report
  return { counts: [inserted, updated, ignored, failed], errors, rows: rows.map(({ row }) => row) }
}

describe.each([1, 5_000])('in batches of %i', batchRows => {
  test('an update that matches two rows changes neither', async () => {
    const source = [
      { id: 1, name: 'Oslo', people: 12 },
      { id: 2, name: 'Bonn', people: 21 },
      { id: 3, name: 'Rome', people: 31 },
      { id: 4, name: 'Kiel', people: 40 },
    ]
    expect(await run(source, { onConflict: 'update' }, batchRows)).toEqual({
      counts: [1, 2, 0, 1],
      errors: ['1 id DUPLICATE_ID', '1 name DUPLICATE_NAME'],
      rows: [
        'capitals:(1,Oslo,11)',
        'capitals:(3,Rome,31)',
        'cities:(1,Oslo,10)',
        'cities:(2,Bonn,21)',
        'cities:(4,Kiel,40)',
      ],
    })
  })

  test('a record that has the key of a row of a child table is a duplicate, whatever else is in its batch', async () => {
    const source = [
      { id: 3, name: 'Roma' },
      { id: 4, name: 'Kiel' },
      { id: 5, name: 'Rome' },
    ]
    const rest = { rows: [...before, 'cities:(4,Kiel,)'] }
    expect(await run(source, {}, batchRows)).toEqual({
      counts: [1, 0, 0, 2],
      errors: ['1 id DUPLICATE_ID', '3 name DUPLICATE_NAME'],
      ...rest,
    })
    await database.pool.query('delete from only cities where id = 4')
    expect(await run(source, { onConflict: 'ignore' }, batchRows)).toEqual({
      counts: [1, 0, 2, 0],
      errors: [],
      ...rest,
    })
  })

  test('the same if the table rejects a row of the batch', async () => {
    await database.pool.query('alter table cities add constraint small check (people < 100)')
    const source = [
      { id: 3, name: 'Roma' },
      { id: 4, name: 'Kiel', people: 100 },
    ]
    expect(await run(source, {}, batchRows)).toEqual({
      counts: [0, 0, 0, 2],
      errors: ['1 id DUPLICATE_ID', '2 people CONSTRAINT_VIOLATION'],
      rows: before,
    })
    await database.pool.query('alter table cities drop constraint small')
  })

  test('an atomic update that matches two rows is rolled back', async () => {
    const source = [
      { id: 4, name: 'Kiel' },
      { id: 1, name: 'Oslo', people: 12 },
    ]
    const atomic = run(source, { onConflict: 'update', atomic: true }, batchRows)
    await expect(atomic).rejects.toMatchObject({ code: 'IMPORT_ROLLED_BACK' })
    expect((await run([], {}, batchRows)).rows).toEqual(before)
  })
})
