// The scope of a resource: which rows a caller may export, for any selection; and nothing at all if it fails.
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import {
  createExporter,
  defineResource,
  type Filters,
  type Resource,
  type StreamOptions,
  Type,
} from '../../src/index.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`
    create table books (id int primary key, title text not null, tenant_id int not null);
    insert into books values (1, 'One', 1), (2, 'Two', 2), (3, 'Three', 1), (4, 'Four', 2), (5, 'Five', 1);`)
})
afterAll(() => database.drop())

async function exported(asked: StreamOptions, resources: readonly Resource[]): Promise<string> {
  return (await buffer(createExporter({ pool: database.pool, resources }).stream(asked))).toString()
}

describe('the scope', () => {
  const scoped = (scope: Exclude<Resource['scope'], undefined>) =>
    defineResource('books', {
      table: 'books',
      schema: Type.Object({ id: Type.Integer(), title: Type.String(), tenant_id: Type.Integer() }),
      fields: { tenant_id: { hidden: true } },
      scope,
    })
  const ofTenant = scoped(async caller => ({ tenant_id: caller?.tenant ?? null }))
  const ids = (resource: Resource, asked: Partial<StreamOptions> = {}) =>
    exported({ resource: 'books', format: 'csv', header: false, fields: ['id'], ...asked }, [resource])

  test.each<[Partial<StreamOptions>, string]>([
    [{}, '1\n3\n5\n'],
    [{ filters: { id: [1, 2, 4] } }, '1\n'],
    [{ filters: { id: { in: [2, 4, null] } } }, ''],
    [{ filters: { title: { gte: '', null: false } } }, '1\n3\n5\n'],
    [{ sort: '-title', limit: 100 }, '3\n1\n5\n'],
    [{ filters: { title: "x' or true or title = '" } }, ''],
  ])('applies to every selection: %j', async (asked, found) => {
    expect(await ids(ofTenant, { ...asked, caller: { tenant: '1' } })).toBe(found)
  })

  test('is that of the caller; no caller means no tenant; an empty scope means every row', async () => {
    expect(await ids(ofTenant, { caller: { tenant: '2' } })).toBe('2\n4\n')
    expect(await ids(ofTenant, { caller: { principal: 'ann' } })).toBe('')
    expect(await ids(ofTenant)).toBe('')
    expect(await ids(scoped(() => ({})))).toBe('1\n2\n3\n4\n5\n')
    expect(await ids(scoped(() => ({ tenant_id: Array.from({ length: 2_000 }, (_, n) => n + 2) })))).toBe(
      '2\n4\n',
    )
  })

  const bad = (filters: unknown) => () => filters as Filters
  test.each([
    ['throws', () => Promise.reject(new Error('the secret of tenants'))],
    ['gives nothing', bad(undefined)],
    ['gives null', bad(null)],
    ['gives text', bad('tenant_id=1')],
    ['gives a list', bad([])],
    ['gives a map, which has no members', bad(new Map([['tenant_id', 1]]))],
    ['names an unknown field', bad({ tenant: 1 })],
    ['has no value for its field', bad({ tenant_id: undefined })],
    ['has an invalid value', bad({ tenant_id: 'one' })],
  ])('that %s exports nothing', async (_, scope) => {
    const resource = scoped(scope)
    const failed: unknown = await ids(resource).catch(error => error)
    expect(failed).toMatchObject({
      code: 'SCOPE_FAILED',
      message: 'Nothing was exported from books: the rows that the caller may see could not be determined.',
    })
    const exporter = createExporter({ pool: database.pool, resources: [resource] })
    await expect(exporter.check({ resource: 'books', format: 'csv' })).rejects.toMatchObject({
      code: 'SCOPE_FAILED',
    })
  })
})
