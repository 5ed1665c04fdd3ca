// Identity columns: a value that the file gives is written, on every road, whether the column says always or by default.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { createImporter, defineResource, type Resource, type RunOptions, Type } from '../../../src/index.ts'
import { briefly, rowsOf } from '../../support.ts'

const optional = Type.Optional(Type.Union([Type.String(), Type.Null()]))
const authors = defineResource('authors', {
  table: 'authors',
  schema: Type.Object({ id: Type.Optional(Type.Integer()), email: Type.String(), name: optional }),
  key: ['email'],
})
/** The identity is not a key: records are identified by their code. */
const numbered = defineResource('numbered', {
  table: 'numbered',
  schema: Type.Object({ code: Type.String(), number: Type.Optional(Type.Integer()), name: optional }),
})

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`
    create table authors (id bigint generated always as identity primary key, email text not null unique, name text);
    create table numbered (code text primary key, number int generated always as identity unique, name text)`)
})
beforeEach(() => database.pool.query('truncate authors, numbered restart identity'))
afterAll(() => database.drop())

async function run(resource: string, source: object[], options: Partial<RunOptions> = {}) {
  const errors: string[] = []
  const importer = createImporter<Resource>({
    pool: database.pool,
    resources: [authors, numbered],
    batchRows: 3,
  })
  const report = await importer.run({
    resource,
    source: source as never,
    onError: error => errors.push(...briefly([error]), error.message),
    ...options,
  })
  const { inserted, updated, ignored, failed } = report
  return {
    counts: [inserted, updated, ignored, failed],
    errors,
    rows: await rowsOf(database.pool, resource, '1'),
  }
}

describe.each(['error', 'ignore', 'update'] as const)('generated always, under %s', onConflict => {
  test.each([
    ['at once', {}],
    ['all or nothing', { atomic: true }],
    ["in the caller's transaction", { inTransaction: true }],
  ])(
    'given ids are written, %s',
    async (_, { inTransaction = false, ...options }: { inTransaction?: boolean; atomic?: boolean }) => {
      const client = inTransaction ? await database.pool.connect() : undefined
      await client?.query('begin')
      const source = [7, 3, 12, 5].map(id => ({ id, email: `${id}@x` }))
      const found = await run('authors', source, { onConflict, ...options, ...(client && { client }) })
      await client?.query('commit')
      client?.release()
      expect(found).toMatchObject({ counts: [4, 0, 0, 0], errors: [] })
      expect(await rowsOf(database.pool, 'authors')).toEqual([
        '(3,3@x,)',
        '(5,5@x,)',
        '(7,7@x,)',
        '(12,12@x,)',
      ])
    },
  )

  test('a record without an id, or with null for it, gets one from the table', async () => {
    const source = [{ email: 'a@x' }, { id: null, email: 'b@x' }, { id: 40, email: 'c@x' }]
    expect((await run('authors', source, { onConflict })).rows).toEqual(['(1,a@x,)', '(2,b@x,)', '(40,c@x,)'])
  })

  test('a dry run predicts it and writes nothing', async () => {
    const source = [
      { id: 9, email: 'a@x' },
      { id: 9, email: 'b@x' },
    ]
    const foreseen = await run('authors', source, { onConflict, dryRun: true })
    expect(foreseen.rows).toEqual([])
    expect(foreseen).toMatchObject({ counts: (await run('authors', source, { onConflict })).counts })
  })
})

test('row by row as well, if the table rejects some', async () => {
  await database.pool.query(`alter table authors add constraint named check (name <> 'bad')`)
  const source = [
    { id: 4, email: 'a@x', name: 'bad' },
    { id: 5, email: 'b@x' },
    { id: 5, email: 'c@x' },
  ]
  const { counts, rows } = await run('authors', source)
  await database.pool.query('alter table authors drop constraint named')
  expect([counts, rows]).toEqual([[1, 0, 0, 2], ['(5,b@x,)']])
})

describe('an update', () => {
  beforeEach(() =>
    run('authors', [
      { id: 3, email: 'a@x' },
      { id: 8, email: 'b@x' },
    ]),
  )

  test('finds its row by the identity, and changes the other columns', async () => {
    const { counts, rows } = await run(
      'authors',
      [
        { id: 3, email: 'a2@x', name: 'A' },
        { id: 8, email: 'b@x' },
        { id: 9, email: 'c@x' },
      ],
      { onConflict: 'update' },
    )
    expect(counts).toEqual([1, 1, 1, 0])
    expect(rows).toEqual(['(3,a2@x,A)', '(8,b@x,)', '(9,c@x,)'])
  })

  test('finds its row by another key if the file has no id, and keeps the id', async () => {
    const { counts, rows } = await run('authors', [{ email: 'b@x', name: 'B' }], { onConflict: 'update' })
    expect([counts, rows]).toEqual([
      [0, 1, 0, 0],
      ['(3,a@x,)', '(8,b@x,B)'],
    ])
  })

  test.each([
    ['alone', []],
    [
      'among others',
      [
        { code: 'new', number: 70 },
        { code: 'b', name: 'B' },
        { code: 'b', name: 'B2' },
      ],
    ],
  ])('that gives another number than its row has is rejected for that field, %s', async (_, others) => {
    await run('numbered', [
      { code: 'a', number: 5 },
      { code: 'b', number: 6 },
    ])
    const source = [{ code: 'a', number: 50, name: 'A' }, ...others]
    const dry = await run('numbered', source, { onConflict: 'update', dryRun: true })
    const { errors, rows, counts } = await run('numbered', source, { onConflict: 'update' })
    expect(errors).toEqual([
      '1 number CONSTRAINT_VIOLATION',
      'The existing row has another "number", which cannot be changed: its column is GENERATED ALWAYS. Leave the field out.',
    ])
    expect(dry.errors).toEqual(errors)
    expect(dry.counts).toEqual(counts)
    expect(rows[0]).toBe('(a,5,)')
  })

  test('that gives the number that its row has changes the other columns', async () => {
    await run('numbered', [{ code: 'a', number: 5 }])
    const { counts, rows } = await run('numbered', [{ code: 'a', number: 5, name: 'A' }], {
      onConflict: 'update',
    })
    expect([counts, rows]).toEqual([[0, 1, 0, 0], ['(a,5,A)']])
  })
})

describe('a column that only the database computes', () => {
  test.each(['stored', 'virtual'])('stays read-only: %s', async kind => {
    const version = Number((await database.pool.query('show server_version_num')).rows[0].server_version_num)
    if (kind === 'virtual' && version < 180_000) return
    await database.pool.query(
      `drop table if exists sums; create table sums (id int generated always as identity primary key, a int, b int generated always as (a * 2) ${kind})`,
    )
    const sums = (readOnly: boolean) =>
      defineResource('sums', {
        table: 'sums',
        schema: Type.Object({ id: Type.Integer(), a: Type.Integer(), b: Type.Optional(Type.Integer()) }),
        fields: { b: { readOnly } },
      })
    const of = (readOnly: boolean) =>
      createImporter<Resource>({ pool: database.pool, resources: [sums(readOnly)] })
    await expect(of(false).check()).rejects.toMatchObject({
      message: expect.stringContaining('column "b" is generated by the database; set readOnly on its field'),
    })
    await of(true).run({ resource: 'sums', source: [{ id: 4, a: 3, b: 99 }] })
    expect((await database.pool.query('select id, a, b from sums')).rows).toEqual([{ id: 4, a: 3, b: 6 }])
  })
})
