// Keys over `unique nulls not distinct`: a null is equal to a null, as the index says, on every road.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { readTarget } from '../../../src/engine/catalogue/read-target.ts'
import { checksOf } from '../../../src/engine/staging/merge/classify-sql.ts'
import { hasKey } from '../../../src/engine/staging/merge/compare-sql.ts'
import { createImporter, defineResource, type Resource, type RunOptions, Type } from '../../../src/index.ts'
import { briefly } from '../../support.ts'

const text = Type.Optional(Type.Union([Type.String(), Type.Null()]))
const number = Type.Optional(Type.Union([Type.Integer(), Type.Null()]))

const bins = defineResource('bins', {
  table: 'bins',
  schema: Type.Object({ depot: text, bin: text, size: number }),
  key: ['depot', 'bin'],
})
const folded = defineResource('folded', {
  table: 'folded',
  schema: Type.Object({ depot: text, bin: text, size: number }),
  key: [{ fields: ['depot', 'bin'], ignoreCase: true }],
})
/** Where `bin` is absent it is `A`, and where it is null it is null. */
const defaulted = defineResource('defaulted', {
  table: 'defaulted',
  schema: Type.Object({ depot: text, bin: text, size: number }),
  key: ['depot', 'bin'],
})
/** One column alone, and a depot that is named. */
const named = defineResource('named', {
  table: 'named',
  schema: Type.Object({ depot_id: number, code: Type.String(), size: number }),
  key: [{ fields: ['depot_id'] }, { fields: ['code'] }],
  references: { depot_id: { table: 'depots', by: { depot: 'name' } } },
})
const wide = defineResource('wide', {
  table: 'wide',
  schema: Type.Object({ a: text, b: text, c: text, d: text, e: text, f: text, size: number }),
  key: ['a', 'b', 'c', 'd', 'e', 'f'],
})

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`
    create table bins (depot text, bin text, size int, unique nulls not distinct (depot, bin));
    create table folded (depot text, bin text, size int);
    create unique index on folded (lower(depot), lower(bin)) nulls not distinct;
    create table defaulted (depot text, bin text default 'A', size int, unique nulls not distinct (depot, bin));
    create table depots (id int primary key, name text unique);
    create table named (depot_id int unique nulls not distinct references depots, code text not null unique, size int);
    create table wide (a text, b text, c text, d text, e text, f text, size int, unique nulls not distinct (a, b, c, d, e, f))`)
})
beforeEach(() => database.pool.query('truncate bins, folded, defaulted, depots, named, wide'))
afterAll(() => database.drop())

async function run(resource: string, source: object[], options: Partial<RunOptions> = {}, batchRows = 1_000) {
  const errors: string[] = []
  const resources = [bins, folded, defaulted, named, wide]
  const report = await createImporter<Resource>({ pool: database.pool, resources, batchRows }).run({
    resource,
    source: source as never,
    onError: error => errors.push(...briefly([error])),
    ...options,
  })
  const { rows } = await database.pool.query(
    `select t::text as row from ${resource} t order by t::text collate "C"`,
  )
  const { inserted, updated, ignored, failed } = report
  return { counts: [inserted, updated, ignored, failed], errors, rows: rows.map(({ row }) => row) }
}

const twice = [
  { depot: 'North', bin: null, size: 1 },
  { depot: 'South', bin: null, size: 2 },
  { depot: 'North', bin: null, size: 3 },
  { depot: null, bin: null, size: 4 },
  { depot: null, bin: null, size: 5 },
  { depot: null, bin: 'x', size: 6 },
  { depot: 'North', bin: 'x', size: 7 },
]
const outcomes = {
  error: { counts: [5, 0, 0, 2], errors: ['3 depot DUPLICATE_DEPOT_BIN', '5 depot DUPLICATE_DEPOT_BIN'] },
  ignore: { counts: [5, 0, 2, 0], errors: [] },
  update: { counts: [5, 2, 0, 0], errors: [] },
}
const left = {
  error: ['(,,4)', '(,x,6)', '(North,,1)', '(North,x,7)', '(South,,2)'],
  ignore: ['(,,4)', '(,x,6)', '(North,,1)', '(North,x,7)', '(South,,2)'],
  update: ['(,,5)', '(,x,6)', '(North,,3)', '(North,x,7)', '(South,,2)'],
}

describe.each(['error', 'ignore', 'update'] as const)('under %s', onConflict => {
  test.each(['bins', 'folded'])(
    'the same key with nulls, in the file and in the table: %s',
    async resource => {
      for (const batchRows of [1, 2, 1_000]) {
        await database.pool.query(`truncate ${resource}`)
        const foreseen = await run(resource, twice, { onConflict, dryRun: true }, batchRows)
        expect(foreseen).toMatchObject({ ...outcomes[onConflict], rows: [] })
        expect(await run(resource, twice, { onConflict }, batchRows)).toEqual({
          ...outcomes[onConflict],
          rows: left[onConflict],
        })
        const again = [
          { depot: resource === 'folded' ? 'NORTH' : 'North', bin: null, size: 9 },
          { depot: 'East', bin: null },
        ]
        const { counts, errors, rows } = await run(resource, again, { onConflict }, batchRows)
        expect(counts).toEqual(
          { error: [1, 0, 0, 1], ignore: [1, 0, 1, 0], update: [1, 1, 0, 0] }[onConflict],
        )
        expect(errors).toEqual(onConflict === 'error' ? ['1 depot DUPLICATE_DEPOT_BIN'] : [])
        expect(rows.some(row => row.endsWith(',,9)'))).toBe(onConflict === 'update')
      }
    },
  )

  test('atomically, and in the transaction of the caller', async () => {
    const good = twice.filter((_, index) => index !== 2 && index !== 4)
    const source = onConflict === 'error' ? good : twice
    await run('bins', source, { onConflict, atomic: true }, 2)
    const client = await database.pool.connect()
    await client.query('begin')
    const { counts } = await run('bins', twice, { onConflict, client }, 3)
    await client.query('commit')
    client.release()
    expect(counts).toEqual({ error: [0, 0, 0, 7], ignore: [0, 0, 7, 0], update: [0, 4, 3, 0] }[onConflict])
    expect((await run('bins', [], {})).rows).toEqual(left[onConflict])
  })

  test('row by row, if the table rejects some', async () => {
    await database.pool.query('alter table bins add constraint small check (size < 100)')
    const source = [{ depot: 'North', bin: null, size: 100 }, ...twice, { depot: null, bin: null, size: 200 }]
    const { counts } = await run('bins', source, { onConflict })
    await database.pool.query('alter table bins drop constraint small')
    expect(counts).toEqual({ error: [5, 0, 0, 4], ignore: [5, 0, 3, 1], update: [5, 2, 0, 2] }[onConflict])
  })

  test('a CSV file without the column has nulls in it', async () => {
    await run('bins', [{ depot: 'North' }])
    const csv = Buffer.from('depot,size\nNorth,1\nSouth,2\nSouth,3\n')
    const { counts, rows } = await run('bins', [], { onConflict, format: 'csv', source: csv })
    expect(counts).toEqual({ error: [1, 0, 0, 2], ignore: [1, 0, 2, 0], update: [1, 2, 0, 0] }[onConflict])
    expect(rows).toHaveLength(2)
  })

  test('an absent field has its default, and only an explicit null is null', async () => {
    await run('defaulted', [{ depot: 'North', bin: null }, { depot: 'South' }])
    const source = [
      { depot: 'North', bin: null, size: 1 },
      { depot: 'North', size: 2 },
      { depot: 'East', bin: null, size: 3 },
      { depot: 'East', size: 4 },
    ]
    const { counts, rows } = await run('defaulted', source, { onConflict })
    expect(counts).toEqual({ error: [3, 0, 0, 1], ignore: [3, 0, 1, 0], update: [3, 1, 0, 0] }[onConflict])
    expect(rows).toContain('(North,A,2)')
    expect(rows).toContain('(East,,3)')
  })

  test('a name that resolves to no row is not null', async () => {
    await database.pool.query(`insert into depots values (1, 'North')`)
    const source = [
      { depot_id: null, code: 'a' },
      { depot: 'Nowhere', code: 'b' },
      { depot: 'North', code: 'c' },
      { depot: null, code: 'd' },
    ]
    const { errors } = await run('named', source, { onConflict })
    expect(errors).toEqual([
      '2 depot DEPOT_NOT_FOUND',
      ...(onConflict === 'error' ? ['4 depot_id DUPLICATE_DEPOT_ID'] : []),
    ])
  })

  test('many columns that may be null', async () => {
    const key = { a: 'a', b: null, c: null, d: null, e: null, f: null }
    const source = [
      key,
      { ...key, f: 'f' },
      { ...key, size: 2 },
      { ...key, f: 'f', size: 3 },
      { ...key, e: 'f' },
    ]
    const { counts } = await run('wide', source, { onConflict })
    expect(counts).toEqual({ error: [3, 0, 0, 2], ignore: [3, 0, 2, 0], update: [3, 2, 0, 0] }[onConflict])
  })
})

test('if the index treats nulls as distinct, they stay distinct', async () => {
  await database.pool.query(`
    create table apart (depot text, bin text, size int, unique (depot, bin));
    create table both_ways (depot text, bin text, size int, unique (depot, bin), unique nulls not distinct (bin, depot))`)
  const definition = {
    schema: Type.Object({ depot: text, bin: text, size: number }),
    key: ['depot', 'bin'] as const,
  }
  const resources = ['apart', 'both_ways'].map(table => defineResource(table, { table, ...definition }))
  const importer = createImporter<Resource>({ pool: database.pool, resources })
  const counts = await Promise.all(
    ['apart', 'both_ways'].map(async resource => {
      const { inserted, ignored, failed } = await importer.run({
        resource,
        source: twice,
        onConflict: 'ignore',
      })
      return [inserted, ignored, failed]
    }),
  )
  expect(counts).toEqual([
    [7, 0, 0],
    [5, 2, 0],
  ])
})

test('rows of a large table are found by the index, one by one and as a set', async () => {
  const { pool } = database
  await pool.query(`
    insert into bins select 'depot ' || n, nullif('bin ' || n % 3, 'bin 0') from generate_series(1, 5000) n;
    analyze bins;
    create table staged (lading_row int, lading_present varbit, f0 text, f1 text, f2 bigint)`)
  const client = await pool.connect()
  const target = await readTarget(client, bins)
  const columns = target.writable.map(column => ({ column, isMixed: false }))
  const batch = { rows: [], columns, lookupFields: [], hasPresence: false, chunks: [] }
  const [key] = checksOf(target, batch).keys
  const condition = key === undefined ? 'true' : hasKey(key)
  const plans = [
    `select (select t.ctid from bins t where ${condition} limit 1) from staged s`,
    `select from staged s join bins t on ${condition}`,
  ]
  for (const sql of plans) {
    const { rows } = await client.query({ text: `explain ${sql}`, rowMode: 'array' })
    const plan = rows.flat().join('\n')
    expect(plan).toContain('Bitmap Index Scan on bins_depot_bin_key')
    expect(plan).not.toContain('Seq Scan on bins')
  }
  client.release()
})
