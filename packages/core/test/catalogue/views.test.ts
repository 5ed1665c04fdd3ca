// Views and foreign tables: `check` finds whether they accept rows, and an updatable view does.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import {
  createExporter,
  createImporter,
  defineResource,
  type ResourceDefinition,
  Type,
} from '../../src/index.ts'
import { buffer } from '../fixtures/bundle-fixture.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`
    create table people (
      id bigint generated always as identity primary key, email text not null unique, name text default 'nobody',
      age int, tall boolean not null default false
    );
    create table teams (id int primary key, lead bigint references people);
    create view joined as select p.id, p.email, p.name from people p join teams t on t.lead = p.id;
    create view grouped as select min(id) as id, email, max(name) as name from people group by email;
    create materialized view kept as select id, email, name from people;
    create view adults as select id, email, name, age, tall from people where age is null or age > 17;
    create view nested as select id, email, name, age from adults;
    create view renamed as select id as number, email from people;
    create view computed as select id, email, upper(name) as name from people;
    create view guarded as select id, email, name from people limit 1000;
    create function guard() returns trigger language plpgsql as $$ begin
      insert into people (email, name) values (new.email, 'by trigger'); return new; end $$;
    create trigger guard instead of insert on guarded for each row execute function guard();
    create sequence counter;
    create type pair as (id int, email text);
    create extension if not exists file_fdw;
    create server files foreign data wrapper file_fdw;
    create foreign table lines (id bigint, email text, name text) server files options (filename '/dev/null');
  `)
})
afterAll(() => database.drop())

const text = Type.Optional(Type.Union([Type.String(), Type.Null()]))
const schema = Type.Object({ id: Type.Optional(Type.Integer()), email: Type.String(), name: text })
const over = (table: string, more: Partial<ResourceDefinition> = {}) =>
  defineResource('people', { table, schema, ...more } as ResourceDefinition)
const importerOf = (resource: ReturnType<typeof over>) =>
  createImporter({ pool: database.pool, resources: [resource] })
const readOnly = { fields: { id: { readOnly: true }, email: { readOnly: true }, name: { readOnly: true } } }

describe.each([
  ['joined', 'a view that takes no rows'],
  ['grouped', 'a view that takes no rows'],
  ['kept', 'a materialized view, which takes no rows'],
  ['lines', 'a foreign table that takes no rows'],
])('%s', (table, what) => {
  const sentence = `Nothing can be imported into the resource "people": public.${table} is ${what}. Name its table, or set readOnly on every field if the resource is only exported.`

  test('is rejected by check and by each import, before anything is read', async () => {
    const importer = importerOf(over(table))
    await expect(importer.check()).rejects.toMatchObject({ code: 'RESOURCE_MISMATCH', message: sentence })
    for (const options of [{}, { dryRun: true }, { atomic: true }]) {
      const running = importer.run({ resource: 'people', source: [{ email: 'a@x' }], ...options })
      await expect(running).rejects.toMatchObject({ code: 'RESOURCE_MISMATCH', message: sentence })
    }
  })

  test('is exported, and passes as an export-only resource', async () => {
    const resource = over(table, readOnly)
    await importerOf(resource).check()
    const exporter = createExporter({ pool: database.pool, resources: [resource] })
    expect(String(await buffer(exporter.stream({ resource: 'people', format: 'csv' })))).toBe(
      'id,email,name\n',
    )
    const running = importerOf(resource).run({ resource: 'people', source: [{ email: 'a@x' }] })
    await expect(running).rejects.toMatchObject({ code: 'RESOURCE_MISMATCH' })
  })
})

test('a table whose fields are all read-only is for exports only', async () => {
  const importer = importerOf(over('people', readOnly))
  await importer.check()
  await expect(importer.run({ resource: 'people', source: [{ email: 'a@x' }] })).rejects.toMatchObject({
    code: 'RESOURCE_MISMATCH',
    message: 'Nothing can be imported into the resource "people": all of its fields are read only.',
  })
})

test.each([
  ['counter', 'public.counter is a sequence, not a table.'],
  ['pair', 'public.pair is a composite type, not a table.'],
  ['people_pkey', 'public.people_pkey is an index, not a table.'],
])('%s is reported as what it is, to imports and exports', async (table, sentence) => {
  const message = expect.stringContaining(sentence)
  await expect(importerOf(over(table)).check()).rejects.toMatchObject({ code: 'RESOURCE_MISMATCH', message })
  const exporter = createExporter({ pool: database.pool, resources: [over(table)] })
  await expect(exporter.check({ resource: 'people', format: 'csv' })).rejects.toMatchObject({ message })
})

describe('an updatable view', () => {
  const rows = async () =>
    (await database.pool.query('select id::int, email, name, tall from people order by id')).rows
  const clean = () => database.pool.query('truncate people restart identity cascade')

  test.each(['adults', 'nested'])('accepts rows, with the ids and defaults of its table: %s', async table => {
    await clean()
    const importer = importerOf(over(table))
    await importer.check()
    const report = await importer.run({
      resource: 'people',
      source: [
        { id: 7, email: 'a@x', name: 'A' },
        { email: 'b@x' },
        { id: 9, email: 'c@x', name: null },
        { id: 9, email: 'd@x' },
        { email: 'e@x', name: 'E' },
      ],
    })
    expect(report).toMatchObject({ inserted: 4, failed: 1, warnings: [] })
    expect(report.errors[0]).toMatchObject({ rowNumber: 4, code: 'CONSTRAINT_VIOLATION' })
    expect(await rows()).toEqual([
      { id: 7, email: 'a@x', name: 'A', tall: false },
      { id: 8, email: 'b@x', name: 'nobody', tall: false },
      { id: 9, email: 'c@x', name: null, tall: false },
      { id: 10, email: 'e@x', name: 'E', tall: false },
    ])
  })

  test('with an INSTEAD OF trigger stores the rows that the trigger writes', async () => {
    await clean()
    const importer = importerOf(over('guarded'))
    await importer.check()
    await importer.run({ resource: 'people', source: [{ email: 'a@x' }, { email: 'b@x', name: 'B' }] })
    expect(await rows()).toEqual([
      { id: 1, email: 'a@x', name: 'by trigger', tall: false },
      { id: 2, email: 'b@x', name: 'by trigger', tall: false },
    ])
  })

  test('with a computed column reports it', async () => {
    const importer = importerOf(over('computed'))
    await expect(importer.check()).rejects.toMatchObject({
      message:
        'Nothing can be imported into the resource "people": the column "name" of the view public.computed is computed; set readOnly on its field.',
    })
    const fields = { name: { readOnly: true } }
    await importerOf(over('computed', { fields })).check()
  })

  test('has no keys and no references, which is reported with what to do', async () => {
    await expect(importerOf(over('adults', { key: ['email'] })).check()).rejects.toMatchObject({
      message: expect.stringContaining(
        'the key (email) needs a unique index, and public.adults is a view: leave the key out, or name the table of the view',
      ),
    })
  })
})
