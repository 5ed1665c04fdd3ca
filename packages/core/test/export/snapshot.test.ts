// F29: a transaction moves money between accounts while they are exported; the file is one snapshot, in both strategies.
import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { createExporter, defineResource, type Resource, type StreamOptions, Type } from '../../src/index.ts'

const accounts = 50_000
const total = accounts * 1_000

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`create table accounts (id int primary key, amount int, padding text);
    insert into accounts select g, 1000, repeat('x', 200) from generate_series(1, ${accounts}) g;
    create table moves (id bigserial primary key);
    create procedure move(times int) language plpgsql as $$
      declare giver int; taker int;
      begin
        for time in 1..times loop
          -- From the beginning of the file to its end: a file of two moments would have the money twice, or not at all.
          giver := 1 + floor(random() * ${accounts / 2}); taker := ${accounts} - floor(random() * ${accounts / 2});
          if time % 2 = 0 then select taker, giver into giver, taker; end if;
          update accounts set amount = amount - 7 where id = giver;
          update accounts set amount = amount + 7 where id = taker;
          insert into moves default values;
          commit;
        end loop;
      end $$`)
})
afterAll(() => database.drop())

const schema = Type.Object({ id: Type.Integer(), amount: Type.Integer(), padding: Type.String() })
const moved = async () => Number((await database.pool.query('select count(*) from moves')).rows[0]?.count)

/** Amounts by id, read from the lines without a parser of ours. */
function amountsOf(file: string): ReadonlyMap<string, number> {
  const found = file.matchAll(/^\{"id":(\d+),"amount":(-?\d+),/gm)
  return new Map(Array.from(found, ([, id = '', amount]) => [id, Number(amount)]))
}

const ways: readonly (readonly [string, Partial<StreamOptions>, boolean])[] = [
  ['COPY', {}, false],
  ['COPY, compressed', { compression: 'gzip' }, false],
  ['rows through Node', {}, true],
]

test.each(ways)('%s', async (_way, shape, isByRows) => {
  const printRow = (row: Readonly<Record<string, unknown>>) => ({ ...row })
  const resource = defineResource('accounts', {
    table: 'accounts',
    schema,
    ...(isByRows && { printRow }),
  })
  const exporter = createExporter<Resource>({ pool: database.pool, resources: [resource] })
  const stream = exporter.stream({ resource: 'accounts', format: 'ndjson', ...shape })
  await once(stream, 'readable')
  const before = await moved()
  // Back-pressure holds the export where it is, until thousands of moves are committed.
  await database.pool.query('call move(3000)')
  const during = (await moved()) - before
  const writing = database.pool.query('call move(2000)')
  const bytes = await buffer(stream)
  await writing
  expect(during).toBe(3_000)
  const file = (shape.compression === 'gzip' ? gunzipSync(bytes) : bytes).toString()
  const amounts = amountsOf(file)
  expect(amounts.size).toBe(accounts)
  expect([...amounts.values()].reduce((sum, amount) => sum + amount, 0)).toBe(total)
  // What the writer did is not in it, and is in the table.
  const { rows } = await database.pool.query('select id::text, amount from accounts')
  const changed = rows.filter(({ id, amount }) => amounts.get(id) !== amount)
  expect(changed.length).toBeGreaterThan(1_000)
  expect(rows.reduce((sum, { amount }) => sum + amount, 0)).toBe(total)
})
