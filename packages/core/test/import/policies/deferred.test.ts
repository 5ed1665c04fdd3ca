// Constraints that wait for the commit: what they refuse is an error of its record, like what any other rule refuses.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import {
  createImporter,
  defineResource,
  LadingError,
  type Resource,
  type RunOptions,
  Type,
} from '../../../src/index.ts'
import { briefly } from '../../support.ts'

const codes = defineResource('codes', {
  table: 'codes',
  schema: Type.Object({ id: Type.Integer(), code: Type.String(), n: Type.Optional(Type.Integer()) }),
  key: ['code'],
})

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
})
beforeEach(() =>
  database.pool.query(`
    drop table if exists uses, log, codes, others cascade;
    create table codes (id int primary key, code text not null unique, n int);
    insert into codes values (1, 'one'), (2, 'two'), (3, 'three')`),
)
afterAll(() => database.drop())

async function run(source: readonly object[], options: Partial<RunOptions> = {}) {
  const errors: string[] = []
  const report = await createImporter<Resource>({ pool: database.pool, resources: [codes], batchRows: 3 })
    .run({ resource: 'codes', source, onError: error => errors.push(...briefly([error])), ...options })
    .catch((error: unknown) => (error instanceof LadingError ? `${error.code} ${error.message}` : error))
  return { errors, report }
}
const table = async (name = 'codes') =>
  (await database.pool.query(`select t::text as row from ${name} t order by 1`)).rows.map(({ row }) =>
    String(row)
      .replaceAll(/[(),]+/g, ' ')
      .trim(),
  )

describe('a table that refers to the key, deferrable and initially deferred', () => {
  const changed = [
    { id: 1, code: 'uno' },
    { id: 2, code: 'dos' },
    { id: 4, code: 'four' },
    { id: 3, code: 'tres' },
    { id: 5, code: 'five' },
  ]
  beforeEach(() =>
    database.pool.query(`
      create table uses (code text references codes (code) deferrable initially deferred);
      insert into uses values ('two')`),
  )

  test.each([{}, { atomic: true }])('keeps its row, and rejects one record: %j', async options => {
    const { errors, report } = await run(changed, { onConflict: 'update', ...options })
    expect(errors).toEqual(['2 code CONSTRAINT_VIOLATION'])
    if ('atomic' in options) {
      expect(report).toMatch(/^IMPORT_ROLLED_BACK/)
      expect(await table()).toEqual(['1 one', '2 two', '3 three'])
    } else {
      expect(report).toMatchObject({ updated: 2, inserted: 2, failed: 1 })
      expect(await table()).toEqual(['1 uno', '2 two', '3 tres', '4 four', '5 five'])
    }
  })

  test('is checked at once in a transaction of the caller too, and deferred ones of other tables are not', async () => {
    await database.pool.query(
      `create table others (id int primary key); create table log (id int references others deferrable initially deferred)`,
    )
    const client = await database.pool.connect()
    try {
      await client.query(`begin; insert into log values (77)`)
      const { errors, report } = await run(changed, { onConflict: 'update', client })
      await client.query('delete from log; commit')
      expect(errors).toEqual(['2 code CONSTRAINT_VIOLATION'])
      expect(report).toMatchObject({ updated: 2, inserted: 2, failed: 1 })
    } finally {
      client.release(true)
    }
  })
})

describe('a trigger that writes to a table with a deferred constraint', () => {
  beforeEach(() =>
    database.pool.query(`
      create table log (id int primary key, twin int references log deferrable initially deferred);
      create or replace function note() returns trigger language plpgsql as $$
        begin
          -- In between, the constraint does not hold: the application relies on its being deferred.
          insert into log values (new.id, new.id + 1000);
          if new.n is distinct from 0 then insert into log values (new.id + 1000, new.id); end if;
          return new;
        end $$;
      create trigger note after insert on codes for each row execute function note()`),
  )
  const source = [
    { id: 11, code: 'a', n: 1 },
    { id: 12, code: 'b', n: 0 },
    { id: 13, code: 'c', n: 1 },
    { id: 14, code: 'd', n: 0 },
  ]

  test.each(['error', 'ignore', 'update'] as const)(
    'rejects the record that breaks it: %s',
    async onConflict => {
      const { errors, report } = await run(source, { onConflict })
      expect(report).toMatchObject({ inserted: 2, failed: 2 })
      expect(errors).toEqual(['2 null CONSTRAINT_VIOLATION', '4 null CONSTRAINT_VIOLATION'])
      expect(await table('log')).toEqual(['1011 11', '1013 13', '11 1011', '13 1013'])
    },
  )

  test('all records of a clean file are imported, although the constraint is broken between two statements', async () => {
    const clean = source.map(record => ({ ...record, n: 5 }))
    expect(await run(clean)).toMatchObject({ errors: [], report: { inserted: 4 } })
  })
})

test('a deferred constraint trigger rejects its record, with its own message', async () => {
  await database.pool.query(`
    create or replace function refuse() returns trigger language plpgsql as $$
      begin
        if new.n = 13 then raise 'thirteen is taken'; end if;
        return null;
      end $$;
    create constraint trigger refuse after insert or update on codes
      deferrable initially deferred for each row execute function refuse()`)
  const said: string[] = []
  const { errors, report } = await run(
    [
      { id: 11, code: 'a', n: 1 },
      { id: 12, code: 'b', n: 13 },
      { id: 1, code: 'one', n: 13 },
      { id: 13, code: 'c', n: 2 },
    ],
    { onConflict: 'update', onError: ({ rowNumber, message }) => said.push(`${rowNumber} ${message}`) },
  )
  expect(errors).toEqual([])
  expect(report).toMatchObject({ inserted: 2, updated: 0, failed: 2 })
  expect(said).toEqual([
    expect.stringMatching(/^2 .*thirteen is taken/),
    expect.stringMatching(/^3 .*thirteen is taken/),
  ])
  expect(await table()).toEqual(['1 one', '11 a 1', '13 c 2', '2 two', '3 three'])
})
