// A batch that fails is tried again: what triggers wrote for it is rolled back each time.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { createImporter, defineResource, Type } from '../../../src/index.ts'
import { bytes } from '../../support.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  // A sequence also counts rolled back rows.
  await database.pool.query(`
    create table things (id int primary key, name text constraint no_evil check (name <> 'evil'));
    create table audit (id int not null);
    create sequence seen;
    create function note() returns trigger language plpgsql as $$ begin
      perform nextval('seen');
      insert into audit values (new.id);
      return new; end $$;
    create trigger note before insert on things for each row execute function note()`)
})
afterAll(() => database.drop())

test('a trigger sees rows of a failed batch again, and its own rows are written once for each imported row', async () => {
  const schema = Type.Object({ id: Type.Integer(), name: Type.String() })
  const resources = [defineResource('things', { table: 'things', schema })]
  const lines = Array.from({ length: 12 }, (_, index) => `${index + 1},${index === 6 ? 'evil' : 'good'}\n`)
  const report = await createImporter({ pool: database.pool, resources, batchRows: 5 }).run({
    resource: 'things',
    format: 'csv',
    source: bytes(`id,name\n${lines.join('')}`),
  })
  expect(report).toMatchObject({ processed: 12, inserted: 11, failed: 1 })
  const idsOf = async (table: string) =>
    (await database.pool.query(`select id from ${table} order by id`)).rows.map(({ id }) => id)
  const good = [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12]
  expect([await idsOf('things'), await idsOf('audit')]).toEqual([good, good])
  const { rows } = await database.pool.query('select last_value::int as times from seen')
  expect(rows[0].times).toBeGreaterThan(12)
})
