// Ids of a bundle come back unchanged, or the bundle is rejected by name before anything is written.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import {
  createExporter,
  createImporter,
  defineResource,
  type FieldDefinition,
  type Resource,
  Type,
} from '../../src/index.ts'
import { buffer } from '../fixtures/bundle-fixture.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`
    create table author (id bigint generated always as identity primary key, email text not null unique);
    create table book (id serial primary key, title text not null, author_id bigint not null references author);
    create table node (id serial primary key, name text not null, parent_id int references node);
    create table coin (id uuid primary key default gen_random_uuid(), name text, minted timestamptz default now());
    create table hens (id int primary key, name text, egg_id int);
    create table eggs (id int primary key, hen_id int not null references hens (id));
    alter table hens add foreign key (egg_id) references eggs (id);
    create table keys (id int primary key, lock_id int not null);
    create table locks (id int primary key, key_id int not null references keys (id));
    alter table keys add foreign key (lock_id) references locks (id) deferrable initially deferred`)
})
beforeEach(async () => {
  await database.pool.query(`
    truncate author, book, node, coin, hens, eggs restart identity cascade;
    insert into author (id, email) overriding system value values (2, 'b@x'), (3, 'c@x');
    insert into book (title, author_id) values ('by c', 3), ('by b', 2);
    insert into node (name) values ('root'); update node set id = 5; insert into node (name, parent_id) values ('leaf', 5);
    insert into coin (name) values ('penny');
    insert into hens values (1, 'a', null), (2, 'b', null); insert into eggs values (10, 1), (20, 2);
    update hens set egg_id = 30 - 10 * id`)
})
afterAll(() => database.drop())

const nullableInteger = Type.Optional(Type.Union([Type.Integer(), Type.Null()]))
type Fields = Record<string, FieldDefinition>
const author = (fields: Fields = {}) =>
  defineResource('author', {
    table: 'author',
    schema: Type.Object({ id: Type.Optional(Type.Integer()), email: Type.String() }),
    key: ['email'],
    fields,
  })
const book = (fields: Fields = {}) =>
  defineResource('book', {
    table: 'book',
    schema: Type.Object({
      id: Type.Optional(Type.Integer()),
      title: Type.String(),
      author_id: Type.Integer(),
    }),
    references: {
      author_id: { table: 'author', by: { author_email: { column: 'email', exported: true } } },
    },
    fields,
  })
const node = (fields: Fields = {}) =>
  defineResource('node', {
    table: 'node',
    schema: Type.Object({
      id: Type.Optional(Type.Integer()),
      name: Type.String(),
      parent_id: nullableInteger,
    }),
    references: { parent_id: { table: 'node' } },
    fields,
  })
const coin = (fields: Fields = {}) =>
  defineResource('coin', {
    table: 'coin',
    schema: Type.Object({
      id: Type.Optional(Type.String({ format: 'uuid' })),
      name: Type.String(),
      minted: Type.Optional(Type.String({ format: 'date-time' })),
    }),
    fields,
  })

const rows = async (table: string) =>
  (await database.pool.query(`select t::text as row from ${table} t order by 1`)).rows.map(({ row }) => row)
const bundleOf = (resources: readonly Resource[]) =>
  buffer(createExporter<Resource>({ pool: database.pool, resources }).bundle())

/** Into tables that are empty. */
async function restore(source: Buffer, resources: readonly Resource[]): Promise<void> {
  await database.pool.query('truncate author, book, node, coin restart identity cascade')
  const importer = createImporter<Resource>({ pool: database.pool, resources })
  const bundle = await importer.openBundle({ source })
  for (const { resource, format, open } of bundle.entries) {
    expect(await importer.run({ resource, format, source: await open() })).toMatchObject({ failed: 0 })
  }
  await bundle.close()
}

test('ids come back unchanged, with the rows that refer to them', async () => {
  const resources = [author(), book(), node(), coin()]
  const before = await Promise.all(['author', 'book', 'node', 'coin'].map(rows))
  await restore(await bundleOf(resources), resources)
  expect(await Promise.all(['author', 'book', 'node', 'coin'].map(rows))).toEqual(before)
})

describe('a bundle is rejected', () => {
  const readOnly = { id: { readOnly: true } }
  const hidden = { id: { hidden: true } }
  const again = (resource: string) =>
    `The bundle cannot be restored: the field "id" of ${resource} is read-only here, so the table would generate values that differ from the bundle. Make the field writable, or leave ${resource} out of the bundle. Nothing was imported.`
  const lost = (from: string, field: string, to: string) =>
    `The bundle cannot be restored: "${field}" of ${from} refers to ${to} by a field that the bundle does not restore, because it is hidden, read-only or missing. Make that field exported and writable, or leave ${to} out of the bundle. Nothing was imported.`

  test.each([
    ['an identity that others refer to', [author(readOnly), book()], again('author')],
    ['an identity that none refers to', [author(readOnly)], again('author')],
    ['a serial number', [author(), book(readOnly)], again('book')],
    ['a serial number in a table that refers to itself', [node(readOnly)], again('node')],
    ['an id that a function makes', [coin(readOnly)], again('coin')],
    ['an id that is hidden and referred to', [author(hidden), book()], lost('book', 'author_id', 'author')],
    [
      'an id that is hidden and referred to by its own table',
      [node(hidden)],
      lost('node', 'parent_id', 'node'),
    ],
  ])('for %s', async (_, resources, message) => {
    const source = await bundleOf(resources)
    await database.pool.query('truncate author, book, node, coin restart identity cascade')
    const opening = createImporter<Resource>({ pool: database.pool, resources }).openBundle({ source })
    await expect(opening).rejects.toMatchObject({ code: 'BUNDLE_MISMATCH', message })
    expect((await Promise.all(['author', 'book', 'node', 'coin'].map(rows))).flat()).toEqual([])
  })

  test('by the resources of this server, not by those that made the bundle', async () => {
    const source = await bundleOf([author(readOnly), book()])
    await restore(source, [author(), book()])
    expect(await rows('author')).toEqual(['(2,b@x)', '(3,c@x)'])
  })
})

describe('a bundle is accepted', () => {
  test('if rows refer to a hidden id only by name', async () => {
    const resources = [author({ id: { hidden: true } }), book({ author_id: { hidden: true } })]
    await restore(await bundleOf(resources), resources)
    const { rows: found } = await database.pool.query(
      'select title, email from book join author on author.id = author_id order by title',
    )
    expect(found).toEqual([
      { title: 'by b', email: 'b@x' },
      { title: 'by c', email: 'c@x' },
    ])
  })

  test('if a read-only field is neither a number nor a key, and is not restored', async () => {
    const resources = [coin({ minted: { readOnly: true } })]
    const [before] = await rows('coin')
    await restore(await bundleOf(resources), resources)
    expect((await rows('coin'))[0]?.slice(0, 40)).toBe(before?.slice(0, 40))
  })
})

describe('resources that refer to each other in a circle', () => {
  const hens = defineResource('hens', {
    table: 'hens',
    schema: Type.Object({ id: Type.Integer(), name: Type.String(), egg_id: nullableInteger }),
    references: { egg_id: { table: 'eggs' } },
  })
  const eggs = defineResource('eggs', {
    table: 'eggs',
    schema: Type.Object({ id: Type.Integer(), hen_id: Type.Integer() }),
    references: { hen_id: { table: 'hens' } },
  })
  const resources = [eggs, hens]

  test('are reported with a workaround, and that workaround works', async () => {
    const exporter = createExporter<Resource>({ pool: database.pool, resources })
    await expect(exporter.checkBundle()).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message:
        'These resources refer to each other in a cycle, so there is no order in which to import them: eggs → hens → eggs. Export them one by one. Import hens without "egg_id" first, then the others, and then all of hens with on_conflict=update.',
    })
    const before = [await rows('hens'), await rows('eggs')]
    const file = (resource: string, fields?: string[]) =>
      buffer(exporter.stream({ resource, format: 'csv', ...(fields && { fields }) }))
    const [first, second, third] = [
      await file('hens', ['id', 'name']),
      await file('eggs'),
      await file('hens'),
    ]
    await database.pool.query('truncate hens, eggs')
    const importer = createImporter<Resource>({ pool: database.pool, resources })
    await importer.run({ resource: 'hens', format: 'csv', source: first })
    await importer.run({ resource: 'eggs', format: 'csv', source: second })
    await importer.run({ resource: 'hens', format: 'csv', source: third, onConflict: 'update' })
    expect([await rows('hens'), await rows('eggs')]).toEqual(before)
  })

  test('are reported as having no workaround if every field is required', async () => {
    const one = (table: string, field: string) =>
      defineResource(table, { table, schema: Type.Object({ id: Type.Integer(), [field]: Type.Integer() }) })
    const exporter = createExporter<Resource>({
      pool: database.pool,
      resources: [one('keys', 'lock_id'), one('locks', 'key_id')],
    })
    await expect(exporter.checkBundle()).rejects.toMatchObject({
      message:
        'These resources refer to each other in a cycle, so there is no order in which to import them: keys → locks → keys. None of their columns can be filled in later, because all are NOT NULL; leave one of the resources out, and use pg_dump for these tables.',
    })
  })
})
