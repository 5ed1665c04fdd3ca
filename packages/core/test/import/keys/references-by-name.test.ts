// References by natural key: a file names the row that is meant by what it is called, and not by its id.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  createDatabase,
  createReferenceDatabase,
  type TestDatabase,
} from '../../../../../test-support/database.ts'
import {
  createImporter,
  defineResource,
  importReportOf,
  type Resource,
  type RunOptions,
  Type,
} from '../../../src/index.ts'
import { briefly, bytes, importFile } from '../../support.ts'

const articles = defineResource('articles', {
  table: 'articles',
  schema: Type.Object({ slug: Type.String(), author_id: Type.Integer() }),
  key: ['slug'],
  references: {
    author_id: {
      table: 'people',
      code: 'AUTHOR_NOT_FOUND',
      by: { author_email: { column: 'email', transform: text => text.trim() }, author_badge: 'badge' },
    },
  },
})

const people = defineResource('people', {
  table: 'people',
  schema: Type.Object({
    email: Type.String(),
    boss_id: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
  }),
  key: [{ fields: ['email'], ignoreCase: true }],
  references: { boss_id: { table: 'people', by: { boss_email: 'email' } } },
})

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`
    create table people (id serial primary key, email text not null, badge text unique, boss_id int references people (id));
    create unique index people_email_key on people (lower(email));
    create table articles (slug text primary key, author_id int not null references people (id));`)
})
afterAll(() => database.drop())
beforeEach(() =>
  database.pool.query(`
    truncate people, articles restart identity;
    insert into people (email, badge) values ('Ada@x', 'A1'), ('bob@x', 'B1')`),
)

type Item = Readonly<Record<string, unknown>>

async function run(resource: string, source: readonly Item[] | Buffer, options: Partial<RunOptions> = {}) {
  const importer = createImporter<Resource>({
    pool: database.pool,
    resources: [articles, people],
    batchRows: 1_000,
    ...options,
  })
  const report = await importer
    .run({
      resource,
      ...(Buffer.isBuffer(source) ? { source, format: 'csv' } : { source: source }),
      ...options,
    })
    .catch((error: unknown) => {
      const found = importReportOf(error)
      if (found === undefined) throw error
      return found
    })
  return { report, errors: briefly(report.errors), messages: report.errors.map(({ message }) => message) }
}

const writtenArticles = async () =>
  (
    await database.pool.query(
      `select slug || ' by ' || email as line from articles join people on people.id = author_id order by slug`,
    )
  ).rows.map(({ line }) => line)

test('a CSV file may contain another column in place of the reference', async () => {
  const { report, errors } = await run(
    'articles',
    bytes('slug,author_email\none, ADA@x \ntwo,bob@x\nthree,carl@x\nfour,\n'),
  )
  expect(errors).toEqual(['4 author_email AUTHOR_NOT_FOUND', '5 author_id MISSING_FIELD'])
  expect(report).toMatchObject({ inserted: 2, failed: 2 })
  expect(await writtenArticles()).toEqual(['one by Ada@x', 'two by bob@x'])
})

describe('records that identify the row in several ways', () => {
  const file = [
    { slug: 'by-id', author_id: 1 },
    { slug: 'by-mail', author_email: 'BOB@x' },
    { slug: 'by-badge', author_badge: 'A1' },
    { slug: 'by-all', author_id: 2, author_email: 'bob@x', author_badge: 'B1' },
    { slug: 'at-odds', author_id: 1, author_email: 'bob@x' },
    { slug: 'other-badge', author_email: 'bob@x', author_badge: 'A1' },
    { slug: 'nobody', author_badge: 'Z9' },
  ]

  test.each([{}, { dryRun: true }, { atomic: true }] as const)(
    'are imported if all ways resolve to one row, and rejected if not (%o)',
    async options => {
      const { report, errors, messages } = await run('articles', file, options)
      expect(errors).toEqual([
        '5 author_email AUTHOR_NOT_FOUND',
        '6 author_email AUTHOR_NOT_FOUND',
        '7 author_badge AUTHOR_NOT_FOUND',
      ])
      expect(messages[0]).toBe(
        '"author_email" and "author_id" do not name the same row of people; correct one of them.',
      )
      expect(messages[2]).toBe('There is no author with the badge "Z9", in the table or earlier in the file.')
      expect(report.failed).toBe(3)
      expect(await writtenArticles()).toEqual(
        'dryRun' in options || 'atomic' in options
          ? []
          : ['by-all by bob@x', 'by-badge by Ada@x', 'by-id by Ada@x', 'by-mail by bob@x'],
      )
    },
  )

  test('an atomic import without faults is committed', async () => {
    await run('articles', file.slice(0, 4), { atomic: true })
    expect(await writtenArticles()).toHaveLength(4)
  })

  test('update changes the referenced row, and counts unchanged rows as ignored', async () => {
    await run('articles', [{ slug: 'one', author_id: 1 }])
    const { report } = await run(
      'articles',
      [
        { slug: 'one', author_email: 'ada@x' },
        { slug: 'two', author_badge: 'B1' },
      ],
      { onConflict: 'update' },
    )
    expect(report).toMatchObject({ inserted: 1, ignored: 1, updated: 0 })
    const again = await run('articles', [{ slug: 'one', author_email: 'bob@x' }], { onConflict: 'update' })
    expect(again.report).toMatchObject({ updated: 1 })
    expect(await writtenArticles()).toEqual(['one by bob@x', 'two by bob@x'])
  })
})

describe.each(['error', 'ignore', 'update'] as const)(
  'names of rows of the same file under %s',
  onConflict => {
    test.each([{}, { dryRun: true }, { atomic: true }] as const)(
      'are found if these came earlier and were imported (%o)',
      async options => {
        const file = [
          { email: 'c@x', boss_email: 'ADA@x' },
          { email: 'd@x', boss_email: 'C@x' },
          { email: 'e@x', boss_email: 'f@x' },
          { email: 'f@x', boss_email: 'd@x' },
          { email: 'g@x', boss_email: 'e@x' },
        ]
        const { errors, report } = await run('people', file, { ...options, onConflict })
        expect(errors).toEqual(['3 boss_email BOSS_NOT_FOUND', '5 boss_email BOSS_NOT_FOUND'])
        expect(report.failed).toBe(2)
        const { rows } = await database.pool.query(
          'select p.email || coalesce($1 || b.email, $2) as line from people p left join people b on b.id = p.boss_id order by p.id',
          [' under ', ''],
        )
        const before = ['Ada@x', 'bob@x']
        const after = [...before, 'c@x under Ada@x', 'd@x under c@x', 'f@x under d@x']
        expect(rows.map(({ line }) => line)).toEqual(
          'dryRun' in options || 'atomic' in options ? before : after,
        )
      },
    )
  },
)

test('a lookup field without a unique column is reported at the start', async () => {
  const wrong = defineResource('articles', {
    table: 'articles',
    schema: Type.Object({ slug: Type.String(), author_id: Type.Integer() }),
    references: { author_id: { table: 'people', by: { boss: 'boss_id', nobody: 'nickname' } } },
  })
  const importer = createImporter<Resource>({ pool: database.pool, resources: [wrong] })
  await expect(importer.check()).rejects.toMatchObject({
    code: 'RESOURCE_MISMATCH',
    message: expect.stringMatching(/"boss" is text.*no unique index.*"nickname".*missing/s),
  })
})

test('the reference articles take their author by e-mail address', async () => {
  const reference = await createReferenceDatabase()
  try {
    await importFile(
      reference.pool,
      'users',
      'csv',
      bytes('email,name,role,active\nada@example.org,Ada,author,true\n'),
    )
    const { report, errors } = await importFile(
      reference.pool,
      'articles',
      'csv',
      bytes(
        'slug,title,content,status,author_email\none,One,Text,draft,ADA@example.org\ntwo,Two,Text,draft,bob@example.org\n',
      ),
    )
    expect(briefly(errors)).toEqual(['3 author_email AUTHOR_NOT_FOUND'])
    expect(report).toMatchObject({ inserted: 1, failed: 1 })
  } finally {
    await reference.drop()
  }
})

test('an unknown name is missing even if the table rejects another record of the batch', async () => {
  await database.pool.query(`
    create table drafts (slug text primary key check (slug <> 'refused'), author_id int references people (id))`)
  const drafts = defineResource('drafts', {
    table: 'drafts',
    schema: Type.Object({ slug: Type.String(), author_id: Type.Optional(Type.Integer()) }),
    references: { author_id: { table: 'people', code: 'AUTHOR_NOT_FOUND', by: { author_badge: 'badge' } } },
  })
  const report = await createImporter<Resource>({ pool: database.pool, resources: [drafts] }).run({
    resource: 'drafts',
    source: [
      { slug: 'a', author_badge: 'B1' },
      { slug: 'b', author_badge: 'nobody' },
      { slug: 'refused', author_badge: 'A1' },
    ],
  })
  expect(briefly(report.errors)).toEqual(['2 author_badge AUTHOR_NOT_FOUND', '3 slug CONSTRAINT_VIOLATION'])
  const { rows } = await database.pool.query('select * from drafts')
  expect(rows).toEqual([{ slug: 'a', author_id: 2 }])
})
