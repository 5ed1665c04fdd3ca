// A bundle within scopes: what one tenant takes along, another one can bring in as its own.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import {
  type Caller,
  createExporter,
  createImporter,
  defineResource,
  type Resource,
  Type,
} from '../../src/index.ts'
import { rowsOf } from '../support.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`
    create table items (tenant_id int, code text, primary key (tenant_id, code));
    create table parts (
      tenant_id int, code text, item text not null,
      primary key (tenant_id, code), foreign key (tenant_id, item) references items (tenant_id, code)
    );
    insert into items values (1, 'a'), (1, 'b'), (2, 'a'), (3, 'c');
    insert into parts values (1, 'p', 'a'), (1, 'q', 'b'), (3, 'p', 'c');`)
})
afterAll(() => database.drop())

/** @param longest a rule that differs makes another definition of the same fields */
function resourcesWith(longest: number) {
  const scope = (caller: Caller | undefined) => ({ tenant_id: caller?.tenant ?? null })
  const fields = { tenant_id: { hidden: true } }
  const shared = { tenant_id: Type.Integer(), code: Type.String({ maxLength: longest }) }
  return [
    defineResource('parts', {
      table: 'parts',
      schema: Type.Object({ ...shared, item: Type.String() }),
      fields,
      key: ['code'],
      references: { item: { table: 'items', column: 'code' } },
      scope,
    }),
    defineResource('items', { table: 'items', schema: Type.Object(shared), fields, key: ['code'], scope }),
  ]
}

test.each([
  ['the same definition', 10],
  ['another one of the same fields', 20],
])('by %s', async (_, longest) => {
  const { pool } = database
  const source = createExporter<Resource>({ pool, resources: resourcesWith(10) }).bundle({
    caller: { tenant: '1' },
  })
  const importer = createImporter<Resource>({ pool, resources: resourcesWith(longest) })
  const caller = { tenant: '2' }
  const bundle = await importer.openBundle({ source, caller })
  const inserted: unknown[] = []
  for (const { resource, format, open } of bundle.entries) {
    const report = await importer.run({
      resource,
      format,
      source: await open(),
      caller,
      onConflict: 'ignore',
    })
    inserted.push([report.resource, report.inserted, report.ignored, report.failed])
  }
  await bundle.close()
  expect(inserted).toEqual([
    ['items', 1, 1, 0],
    ['parts', 2, 0, 0],
  ])
  expect(await rowsOf(pool, 'items', 'tenant_id, code')).toEqual([
    '(1,a)',
    '(1,b)',
    '(2,a)',
    '(2,b)',
    '(3,c)',
  ])
  expect(await rowsOf(pool, 'parts', 'tenant_id, code')).toEqual([
    '(1,p,a)',
    '(1,q,b)',
    '(2,p,a)',
    '(2,q,b)',
    '(3,p,c)',
  ])
  await pool.query(
    `delete from parts where tenant_id = 2; delete from items where tenant_id = 2 and code = 'b'`,
  )
})

test('a reference with a foreign key that includes the tenant is judged by it', async () => {
  const importer = createImporter<Resource>({ pool: database.pool, resources: resourcesWith(10) })
  const report = await importer.run({
    resource: 'parts',
    source: [
      { code: 'x', item: 'c' },
      { code: 'y', item: 'a' },
    ],
    caller: { tenant: '2' },
    dryRun: true,
  })
  expect(report).toMatchObject({
    successful: 1,
    errors: [{ rowNumber: 1, field: 'item', code: 'ITEM_NOT_FOUND' }],
  })
  const written = await importer.run({
    resource: 'parts',
    source: [{ code: 'x', item: 'c' }],
    caller: { tenant: '3' },
  })
  expect(written).toMatchObject({ inserted: 1, failed: 0 })
  expect(await rowsOf(database.pool, 'parts', 'tenant_id, code')).toContain('(3,x,c)')
})
