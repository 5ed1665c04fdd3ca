// Exports of what has no primary key: a bare table, and a view.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { defineResource, Type } from '../../src/index.ts'
import { exportFile } from '../support.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`
    create table bare (weight float8, at timestamptz);
    insert into bare values (1.5, '2024-01-31T12:00:00Z'), (null, null);
    create view seen as select * from bare`)
})
afterAll(() => database.drop())

const resource = (table: string) =>
  defineResource(table, {
    table,
    schema: Type.Object({
      weight: Type.Optional(Type.Union([Type.Number(), Type.Null()])),
      at: Type.Optional(Type.Union([Type.String({ format: 'date-time' }), Type.Null()])),
    }),
  })

test.each(['bare', 'seen'])('%s is exported, and a value that cannot be printed ends it', async table => {
  const own = [resource(table)]
  const file = await exportFile(database.pool, table, 'csv', {}, own)
  expect(file.toString()).toBe('weight,at\n1.5,2024-01-31T12:00:00Z\n,\n')
  await database.pool.query(`insert into bare values ('NaN', null)`)
  await expect(exportFile(database.pool, table, 'csv', {}, own)).rejects.toMatchObject({
    code: 'VALUE_NOT_PRINTABLE',
    message:
      'A value of "weight" cannot be printed: only finite values, and years from 0001 to 9999, can be read back.',
  })
  await database.pool.query(`delete from bare where weight = 'NaN'`)
})
