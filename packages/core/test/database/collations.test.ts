// Columns whose collation calls different texts equal, such as e-mail addresses without regard to case: in and out.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import {
  createExporter,
  createImporter,
  defineResource,
  type Resource,
  type StreamOptions,
  Type,
} from '../../src/index.ts'
import { buffer, entriesOf } from '../fixtures/bundle-fixture.ts'
import { bytes, exportShaped } from '../support.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await createDatabase()
  await database.pool.query(`
    create collation ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
    create table people (
      id int primary key,
      email text collate ci unique not null,
      code char(3) collate ci,
      tags text[] collate ci,
      ref text collate ci,
      boss text collate ci references people (email)
    );
    insert into people values
      (1, 'A@x', '=1', '{+b}', '6F304CD1-8A43-4417-AEC7-55F419572494', null), (2, '=b@x', 'y', '{}', null, 'a@X')`)
})
afterEach(() => database.drop())

const optional = <Schema extends Parameters<typeof Type.Optional>[0]>(schema: Schema) =>
  Type.Optional(Type.Union([schema, Type.Null()]))
const people = defineResource('people', {
  table: 'people',
  schema: Type.Object({
    id: Type.Integer(),
    email: Type.String(),
    code: optional(Type.String()),
    tags: optional(Type.Array(Type.String())),
    ref: optional(Type.String({ format: 'uuid' })),
    boss: optional(Type.String()),
  }),
  key: ['email'],
  references: { boss: { table: 'people', column: 'email' } },
})
const masked = defineResource('people', {
  table: 'people',
  schema: Type.Object({ id: Type.Integer(), email: Type.String() }),
  fields: { email: { mask: { keepLast: 2 } } },
})

const printed = async (options: Partial<StreamOptions>, resource: Resource = people) => {
  const asked = { resource: 'people', format: 'csv', ...options }
  return String(await exportShaped(database.pool, asked, [resource]))
}

describe('an export', () => {
  test('for Excel guards its texts', async () => {
    expect(await printed({ excel: true })).toBe(
      [
        '\ufeffid,email,code,tags,ref,boss',
        `1,A@x,'=1,{+b},6F304CD1-8A43-4417-AEC7-55F419572494,`,
        `2,'=b@x,y,{},,a@X`,
        '',
      ].join('\r\n'),
    )
  })

  test('masks, filters and sorts by them, and resolves references by name', async () => {
    expect(await printed({}, masked)).toBe('id,email\n1,*@x\n2,**@x\n')
    expect(await printed({ sort: '-email', fields: ['id'] })).toBe('id\n1\n2\n')
    expect(await printed({ filters: { email: 'a@X' }, fields: ['id'] })).toBe('id\n1\n')
    expect(await printed({ filters: { email: { in: ['a@X', 'z'] } }, fields: ['id'] })).toBe('id\n1\n')
    expect(await printed({ filters: { email: { gte: 'A' } }, fields: ['id'] })).toBe('id\n1\n')
    expect(await printed({ filters: { tags: ['+B'] }, fields: ['id'] })).toBe('id\n1\n')
    const bundle = createExporter<Resource>({ pool: database.pool, resources: [people] }).bundle()
    expect(await entriesOf(await buffer(bundle))).toMatchObject([
      ['manifest.json', expect.any(String)],
      ['people.ndjson', expect.stringMatching(/"id":1.*\n.*"id":2/)],
    ])
  })
})

test.each([
  ['error', '5,A@X,', ['3 DUPLICATE_EMAIL'], ['1 A@x null', '2 =b@x a@X', '4 d@x a@x']],
  ['ignore', '5,A@X,', [], ['1 A@x null', '2 =b@x a@X', '4 d@x a@x']],
  ['update', '1,A@X,', [], ['1 A@X null', '2 =b@x a@X', '4 d@x a@x']],
] as const)(
  'an import under %s treats values that the collation considers equal as the same key',
  async (onConflict, line, wrong, rows) => {
    const errors: string[] = []
    await createImporter<Resource>({ pool: database.pool, resources: [people] }).run({
      resource: 'people',
      format: 'csv',
      source: bytes(`id,email,boss\n4,d@x,a@x\n${line}\n`),
      onConflict,
      onError: ({ rowNumber, code }) => errors.push(`${rowNumber} ${code}`),
    })
    expect(errors).toEqual(wrong)
    const stored = await database.pool.query('select id, email, boss from people order by id')
    expect(stored.rows.map(({ id, email, boss }) => `${id} ${email} ${boss}`)).toEqual(rows)
  },
)
