// What an update writes of a record that does not give everything, and which column has the time of the change.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { createImporter, defineResource, Type } from '../../../src/index.ts'
import { briefly, bytes } from '../../support.ts'

const instant = Type.Optional(Type.String({ format: 'date-time' }))
const shelves = defineResource('shelves', {
  table: 'shelves',
  schema: Type.Object({
    id: Type.Integer(),
    label: Type.String(),
    slots: Type.Optional(Type.Integer()),
    updated_at: instant,
    changed: instant,
  }),
  fields: { changed: { touch: true }, updated_at: { touch: false } },
})

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`create table shelves (
    id int primary key, label text not null, slots int not null default 7,
    updated_at timestamptz not null default '2000-01-01Z', changed timestamptz not null default '2000-01-01Z')`)
})
beforeEach(() =>
  database.pool.query(`truncate shelves; insert into shelves (id, label) values (1, 'A'), (2, 'B')`),
)
afterAll(() => database.drop())

async function update(csv: string) {
  const importer = createImporter({ pool: database.pool, resources: [shelves] })
  const report = await importer.run({
    resource: 'shelves',
    format: 'csv',
    source: bytes(csv),
    onConflict: 'update',
  })
  const { rows } = await database.pool.query(`select id, label, slots,
    updated_at > now() - interval '1 hour' as updated, changed > now() - interval '1 hour' as changed
    from shelves order by id`)
  return { errors: briefly(report.errors), table: rows.map(row => Object.values(row).join(' ')) }
}

test('another column than updated_at holds the time of the change, if the resource configures it', async () => {
  const { table } = await update('id,label\n1,A\n2,Bee\n')
  expect(table).toEqual(['1 A 7 false false', '2 Bee 7 false true'])
})

test('null for a NOT NULL column counts as not given', async () => {
  await database.pool.query('update shelves set slots = 3 where id = 1')
  const { errors, table } = await update('id,label,slots\n1,A,\n5,E,\n')
  expect(errors).toEqual([])
  expect(table).toEqual(['1 A 3 false false', '2 B 7 false false', '5 E 7 false false'])
})

test('a required field is also required of a record whose row exists', async () => {
  const { errors, table } = await update('id,label\n1,\n2,Bee\n')
  expect(errors).toEqual(['2 label MISSING_FIELD'])
  expect(table).toEqual(['1 A 7 false false', '2 Bee 7 false true'])
})
