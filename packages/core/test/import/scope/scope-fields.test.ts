// Values fixed by a scope: written whatever the file says, passed to hooks, never revealed if hidden; and nothing is written if the scope fails.
import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { createImporter, defineResource, type Filters, type Resource, Type } from '../../../src/index.ts'
import {
  articles,
  ddl,
  type Item,
  ofTenant,
  peopleOf,
  rows,
  run,
  type Scope,
} from '../../fixtures/scope-fixture.ts'
import { briefly, bytes, rowsOf } from '../../support.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(ddl)
})
afterAll(() => database.drop())
beforeEach(() => database.pool.query(rows))

const planted = async () =>
  (await rowsOf(database.pool, 'people')).filter(row => Number(row.slice(1, 3)) > 30)
const visible = peopleOf({ hidden: false })
const hidden = peopleOf()

describe('a field that the scope fixes', () => {
  test('may be absent, empty or the fixed value; any other value is an error of that field', async () => {
    const file = 'id,tenant_id,email\n31,1,a@x\n32,,b@x\n33,2,c@x\n34,01,d@x\n35,x,\n'
    const { errors } = await run(database.pool, [visible], 'people', bytes(file))
    expect(
      errors.map(({ rowNumber, field, code, message, value }) => [rowNumber, field, code, message, value]),
    ).toEqual([
      [
        4,
        'tenant_id',
        'SCOPE_VIOLATION',
        '"tenant_id" must be left out, or have the only value allowed in this import.',
        '2',
      ],
      [
        6,
        'tenant_id',
        'SCOPE_VIOLATION',
        '"tenant_id" must be left out, or have the only value allowed in this import.',
        'x',
      ],
      [6, 'email', 'MISSING_FIELD', '"email" is required.', null],
    ])
    expect(await planted()).toEqual(['(31,1,a@x,,,)', '(32,1,b@x,,,)', '(34,1,d@x,,,)'])
  })

  test.each<[string, readonly Item[] | Buffer]>([
    ['a column', bytes('id,tenant_id,email\n31,2,a@x\n32,x,b@x\n')],
    [
      'a key',
      [
        { id: 31, tenant_id: 2, email: 'a@x' },
        { id: 32, tenant_id: ['x'], email: 'b@x' },
      ],
    ],
  ])('is %s like any unknown one if it is hidden', async (_, file) => {
    const { errors, warnings } = await run(database.pool, [hidden], 'people', file)
    expect(errors).toEqual([])
    expect(warnings).toEqual(['Column "tenant_id" is not part of people and was not imported'])
    expect(await planted()).toEqual(['(31,1,a@x,,,)', '(32,1,b@x,,,)'])
  })

  test('cannot be mapped to and is not suggested if it is hidden', async () => {
    const file = bytes('id,tenant,email\n31,2,a@x\n')
    const mapped = await run(database.pool, [hidden], 'people', file, { mapping: { tenant: 'tenant_id' } })
    expect(mapped.fault).toBe(
      'OPTION_INVALID The option mapping maps "tenant" to "tenant_id", which is not a field of people.',
    )
    const strict = await run(database.pool, [hidden], 'people', file, { unknownColumns: 'error' })
    expect(strict.fault).toBe(
      'HEADER_INVALID The header does not fit people: column "tenant" is unknown. Known columns: id, email, badge, boss_id, name, boss_email.',
    )
    expect(await planted()).toEqual([])
  })

  test('is passed to check and lookUp, and lookUp cannot set it', async () => {
    const seen: unknown[] = []
    const watched = (isSet: boolean) =>
      defineResource('people', {
        table: 'people',
        schema: Type.Object({
          id: Type.Integer(),
          tenant_id: Type.Optional(Type.Integer()),
          email: Type.String(),
        }),
        scope: ofTenant,
        check: ({ tenant_id }) => void seen.push(tenant_id),
        async lookUp(records) {
          for (const { values, set } of records) {
            seen.push(values.tenant_id)
            if (isSet) set('tenant_id', 2)
          }
        },
      })
    const file: readonly Item[] = [{ id: 31, email: 'a@x' }]
    await run(database.pool, [watched(false)], 'people', file)
    expect(seen).toEqual([1, 1])
    expect(await planted()).toEqual(['(31,1,a@x,,,)'])
    const failed = await run(database.pool, [watched(true)], 'people', [{ id: 32, email: 'b@x' }])
    expect(failed.fault).toBe(
      'HOOK_FAILED The lookUp of people sets "tenant_id", which is fixed by the scope.',
    )
    expect(await planted()).toEqual(['(31,1,a@x,,,)'])
  })

  test('is open for a caller whose scope is empty: then the file says who owns a row', async () => {
    const all = peopleOf({ scope: () => ({}), hidden: false })
    const { errors } = await run(database.pool, [all], 'people', [
      { id: 31, tenant_id: 1, email: 'new@x' },
      { id: 32, tenant_id: 2, email: 'new@x' },
      { id: 33, tenant_id: 2, email: 'EVE@x' },
      { id: 21, tenant_id: 3, email: 'c@x' },
    ])
    expect(briefly(errors)).toEqual(['3 email DUPLICATE_EMAIL', '4 id DUPLICATE_ID'])
    expect(await planted()).toEqual(['(31,1,new@x,,,)', '(32,2,new@x,,,)'])
  })
})

describe('nothing is written, and the source is closed, if the scope', () => {
  const bad = (filters: unknown) => () => filters as Filters
  const failed =
    'SCOPE_FAILED Nothing was imported into people: the rows that the caller may write could not be determined.'
  const open =
    'SCOPE_NOT_IMPORTABLE This caller cannot import into people: its scope does not fix a single value for each field, so there is no value to write.'

  test.each<[string, Scope, string]>([
    ['throws', () => Promise.reject(new Error('the secret of tenants')), failed],
    ['gives nothing', bad(undefined), failed],
    ['gives a list', bad([]), failed],
    ['gives a map', bad(new Map([['tenant_id', 1]])), failed],
    ['names an unknown field', bad({ tenant: 1 }), failed],
    ['has no value', bad({ tenant_id: undefined }), failed],
    ['has no value in a list', bad({ tenant_id: [] }), failed],
    ['has an invalid value', bad({ tenant_id: 'one' }), failed],
    ['has a value that the column cannot hold', bad({ tenant_id: 3_000_000_000 }), failed],
    ['has a value that the field does not take', bad({ tenant_id: 1, email: '' }), failed],
    ['has null', bad({ tenant_id: null }), open],
    ['has a range', bad({ tenant_id: { gte: 1 } }), open],
    ['has several values', bad({ tenant_id: [1, 2] }), open],
    ['has a value or null', bad({ tenant_id: { in: [1, null] } }), open],
    ['has two bounds', bad({ tenant_id: { eq: 1, gte: 1 } }), open],
    ['has a field of another table', bad({ tenant_id: 1, boss_email: 'ann@x' }), open],
  ])('%s', async (_, scope, fault) => {
    const source = Readable.from([Buffer.from('id,email\n31,a@x\n')])
    const resource = peopleOf({ scope })
    const error = await createImporter({ pool: database.pool, resources: [resource] })
      .run({ resource: 'people', format: 'csv', source, caller: { tenant: '1' } })
      .catch((error: unknown) => error)
    expect(error).toMatchObject({ message: fault.slice(fault.indexOf(' ') + 1), report: { processed: 0 } })
    expect(error).toHaveProperty('code', fault.split(' ')[0])
    expect(source.destroyed).toBe(true)
    expect(await planted()).toEqual([])
  })

  test('of a referenced table fails', async () => {
    const people = peopleOf({ scope: () => Promise.reject(new Error('down')) })
    const { fault } = await run(database.pool, [articles, people], 'articles', [{ slug: 'a', author_id: 11 }])
    expect(fault).toBe(
      'SCOPE_FAILED Nothing was imported into articles: the rows that the caller may write could not be determined.',
    )
    expect(await rowsOf(database.pool, 'articles', 'tenant_id')).toEqual(['(1,one,11)', '(2,one,21)'])
  })

  test.each<[string, Scope, readonly string[]]>([
    ['several values', () => ({ tenant_id: [1, 2] }), ['3 author_id AUTHOR_NOT_FOUND']],
    ['no filter', () => ({}), ['3 author_id AUTHOR_NOT_FOUND']],
    [
      'one of two fields',
      () => ({ tenant_id: 1, name: 'Bob' }),
      ['1 author_id AUTHOR_NOT_FOUND', '2 author_id AUTHOR_NOT_FOUND', '3 author_id AUTHOR_NOT_FOUND'],
    ],
  ])('but a referenced table may have a scope of %s', async (_, scope, found) => {
    const { fault, errors } = await run(database.pool, [articles, peopleOf({ scope })], 'articles', [
      { slug: 'a', author_id: 11 },
      { slug: 'b', author_id: 21 },
      { slug: 'c', author_id: 99 },
      { slug: 'd', author_id: 12 },
    ])
    expect(fault).toBeUndefined()
    expect(briefly(errors)).toEqual(found)
  })
})

describe('at start-up', () => {
  const checked = (resources: readonly Resource[]) =>
    createImporter({ pool: database.pool, resources })
      .check()
      .then(
        () => 'fits',
        (error: unknown) => (error as Error).message,
      )
  const unscoped = { scope: undefined }

  test('a key and a name may be unique within a scope, but only if there is one', async () => {
    expect(await checked([hidden, articles])).toBe('fits')
    expect(await checked([{ ...hidden, ...unscoped }])).toMatch(
      /the key \(email\) has no unique index; create one: create unique index on public.people \(lower\("email"\)\)/,
    )
    expect(await checked([articles])).toBe(
      'Resource "articles" does not fit the database: "author_email" is looked up in the column "email" of public.people, which has no unique index; create one.',
    )
  })

  test('a key that the scope leaves open is rejected once the caller is known', async () => {
    const byBadge = defineResource('people', {
      table: 'people',
      schema: Type.Object({
        id: Type.Integer(),
        tenant_id: Type.Integer(),
        email: Type.String(),
        name: Type.String(),
      }),
      key: [{ fields: ['email'], ignoreCase: true }],
      scope: () => ({ name: 'Ann' }),
    })
    const { fault } = await run(database.pool, [byBadge], 'people', [{ id: 31, tenant_id: 1, email: 'a@x' }])
    expect(fault).toBe(
      'RESOURCE_MISMATCH Resource "people" has a key that its unique index people_email_key enforces only together with columns that the scope leaves open; create an index that fits.',
    )
    expect(await planted()).toEqual([])
  })
})
