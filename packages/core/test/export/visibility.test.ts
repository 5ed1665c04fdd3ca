// What an export withholds and what it adds: hidden and masked fields, and fields of other tables.
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import {
  createExporter,
  createImporter,
  defineResource,
  type Filters,
  type Resource,
  type StreamOptions,
  Type,
} from '../../src/index.ts'

const tables = `
  create table authors (id serial primary key, email text not null unique, name text, card text, tenant_id int);
  create table books (id int primary key, title text not null, author_id int references authors (id), tenant_id int not null default 1);`

const optional = (schema: ReturnType<typeof Type.String>) => Type.Optional(Type.Union([schema, Type.Null()]))

const authors = defineResource('authors', {
  table: 'authors',
  schema: Type.Object({
    email: Type.String(),
    name: optional(Type.String()),
    card: optional(Type.String()),
    tenant_id: Type.Optional(Type.Integer()),
  }),
  key: ['email'],
  fields: { card: { mask: { keepFirst: 1, keepLast: 4 } }, tenant_id: { hidden: true } },
})

const books = defineResource('books', {
  table: 'books',
  schema: Type.Object({
    id: Type.Integer(),
    title: Type.String(),
    author_id: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
    tenant_id: Type.Optional(Type.Integer()),
  }),
  fields: { tenant_id: { hidden: true } },
  references: {
    author_id: {
      table: 'authors',
      by: { author_email: { column: 'email' } },
      show: {
        author_name: { column: 'name', exported: true },
        author_card: { column: 'card', mask: { keepLast: 4 } },
        author_tenant: { column: 'tenant_id', schema: Type.Integer(), hidden: true },
      },
    },
  },
})

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`${tables}
    insert into authors (email, name, card, tenant_id) values
      ('ann@x', 'Ann', '4000123412341234', 1), ('bob@x', null, '12345', 2), ('cyd@x', 'Cyd', '123456', 1), ('dan@x', 'Dan', null, 1);
    insert into books values (1, 'One', 1, 1), (2, 'Two', 2, 2), (3, 'Three', null, 1), (4, 'Four', 3, 2), (5, 'Five', 4, 1);`)
})
afterAll(() => database.drop())

async function exported(
  asked: StreamOptions,
  resources: readonly Resource[] = [authors, books],
  pool = database.pool,
): Promise<string> {
  return (await buffer(createExporter<Resource>({ pool, resources }).stream(asked))).toString()
}

describe('a masked field', () => {
  const card = { resource: 'authors', fields: ['email', 'card'] }

  test('is asterisks except for what is kept, and all asterisks if nothing would be withheld', async () => {
    expect(await exported({ ...card, format: 'csv' })).toBe(
      'email,card\nann@x,4***********1234\nbob@x,*****\ncyd@x,1*3456\ndan@x,\n',
    )
    const lines = [
      '{"email":"ann@x","card":"4***********1234"}',
      '{"email":"bob@x","card":"*****"}',
      '{"email":"cyd@x","card":"1*3456"}',
      '{"email":"dan@x","card":null}',
    ]
    expect(await exported({ ...card, format: 'ndjson' })).toBe(`${lines.join('\n')}\n`)
    expect(JSON.parse(await exported({ ...card, format: 'json' }))).toEqual(
      lines.map(line => JSON.parse(line)),
    )
  })

  test('is in an export that names no fields; a hidden one is not', async () => {
    expect((await exported({ resource: 'authors', format: 'csv' })).split('\n')[0]).toBe('email,name,card')
  })

  test.each<[Partial<StreamOptions>, string, string]>([
    [
      { filters: { card: '4000123412341234' } },
      'FILTER_INVALID',
      '"card" is not a field that authors can be filtered by',
    ],
    [{ filters: { card: null } }, 'FILTER_INVALID', '"card" is not a field that authors can be filtered by'],
    [{ sort: 'card' }, 'OPTION_INVALID', '"card" is not a field that authors can be sorted by'],
    [
      { filters: { tenant_id: 1 } },
      'FILTER_INVALID',
      '"tenant_id" is not a field that authors can be filtered by',
    ],
    [{ sort: '-tenant_id' }, 'OPTION_INVALID', '"tenant_id" is not a field that authors can be sorted by'],
    [{ fields: ['tenant_id'] }, 'OPTION_INVALID', '"tenant_id" is not a field of authors'],
    [
      { resource: 'books', fields: ['author_tenant'] },
      'OPTION_INVALID',
      '"author_tenant" is not a field of books',
    ],
    [{ resource: 'books', sort: 'author_card' }, 'OPTION_INVALID', '"author_card" is not a field that books'],
  ])('%j is refused', async (asked, code, beginning) => {
    const failed: unknown = await exported({ resource: 'authors', format: 'csv', ...asked }).catch(
      error => error,
    )
    expect(failed).toMatchObject({ code, message: expect.stringMatching(`^${beginning}`) })
    // The printed names may be revealed; the others may not.
    expect(String(failed).replace(beginning, '')).not.toMatch(asked.fields ? /tenant/ : /card|tenant/)
  })

  test('an error message does not name a row by a withheld key', async () => {
    const withheld = defineResource('days', {
      table: 'days',
      schema: Type.Object({ secret: Type.String(), day: Type.String({ format: 'date' }) }),
      fields: { secret: { hidden: true } },
    })
    await database.pool.query(`create table days (secret text primary key, day date not null);
      insert into days values ('s3cret', 'infinity')`)
    await expect(exported({ resource: 'days', format: 'csv' }, [withheld])).rejects.toMatchObject({
      message: expect.stringMatching(/^A value of "day" cannot be printed: /),
    })
  })

  test('stays withheld if another resource joins its table', () => {
    const careless = defineResource('books', {
      table: 'books',
      schema: Type.Object({
        id: Type.Integer(),
        title: Type.String(),
        author_id: Type.Integer(),
        tenant_id: Type.Integer(),
      }),
      references: { author_id: { table: 'public.authors', show: { author_card: 'card' } } },
    })
    expect(() => createExporter<Resource>({ pool: database.pool, resources: [authors, careless] })).toThrow(
      'Resource "books": "author_card" would show what authors hides or masks; hide or mask it too.',
    )
  })
})

describe('a field of another table', () => {
  test('is printed on request, or always if the resource configures it', async () => {
    expect(await exported({ resource: 'books', format: 'csv' })).toBe(
      'id,title,author_id,author_name\n1,One,1,Ann\n2,Two,2,\n3,Three,,\n4,Four,3,Cyd\n5,Five,4,Dan\n',
    )
    const some: StreamOptions = {
      resource: 'books',
      fields: ['author_email', 'id', 'author_card'],
      sort: '-author_email',
      limit: 3,
      format: 'ndjson',
    }
    const lines = [
      '{"author_email":null,"id":3,"author_card":null}',
      '{"author_email":"dan@x","id":5,"author_card":null}',
      '{"author_email":"cyd@x","id":4,"author_card":"**3456"}',
    ]
    expect(await exported(some)).toBe(`${lines.join('\n')}\n`)
    expect(JSON.parse(await exported({ ...some, format: 'json' }))).toEqual(
      lines.map(line => JSON.parse(line)),
    )
  })

  test('can be filtered by', async () => {
    const ids = (filters: Filters) =>
      exported({ resource: 'books', format: 'csv', header: false, fields: ['id'], filters })
    expect(await ids({ author_email: ['ann@x', 'bob@x'] })).toBe('1\n2\n')
    expect(await ids({ author_name: null })).toBe('2\n3\n')
    expect(await ids({ author_name: { gte: 'B' }, author_email: { lt: 'd' } })).toBe('4\n')
  })

  test.each(['csv', 'ndjson', 'json'])(
    '%s imports into another database, by the natural key',
    async format => {
      const other = await createDatabase()
      await other.pool.query(
        `${tables} insert into authors (id, email) values (70, 'dan@x'), (80, 'bob@x'), (90, 'ann@x'), (95, 'cyd@x')`,
      )
      const file = await exported({
        resource: 'books',
        format,
        fields: ['id', 'title', 'author_email', 'author_name'],
      })
      const importer = createImporter<Resource>({ pool: other.pool, resources: [authors, books] })
      const report = await importer.run({ resource: 'books', format, source: Buffer.from(file) })
      expect(report).toMatchObject({ inserted: 5, failed: 0 })
      const { rows } = await other.pool.query('select id, title, author_id from books order by id')
      expect(rows.map(row => Object.values(row).join())).toEqual([
        '1,One,90',
        '2,Two,80',
        '3,Three,',
        '4,Four,95',
        '5,Five,70',
      ])
      await other.drop()
    },
  )
})
