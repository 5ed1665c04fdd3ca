// The values of a sensitive field are in the table, and in nothing that an import says of them.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { createImporter, defineResource, type RecordError, Type } from '../../../src/index.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`create table members (
      id int primary key, pin text not null unique check (pin not like '%9'), age int not null);
    insert into members values (1, 'pin-there', 1)`)
})
afterAll(() => database.drop())

const members = defineResource('members', {
  table: 'members',
  schema: Type.Object({
    id: Type.Integer(),
    pin: Type.String({ pattern: '^pin-', maxLength: 12 }),
    age: Type.Integer(),
  }),
  key: ['pin'],
  fields: { pin: { sensitive: true } },
})

/** Each is rejected for another reason: by the schema, the table, another record, the table's own rows, the syntax. */
const records = [
  '{"id":2,"pin":"bad-form","age":1}',
  '{"id":3,"pin":"pin-much-too-long","age":1}',
  '{"id":4,"pin":"pin-9","age":1}',
  '{"id":5,"pin":"pin-twice","age":1}',
  '{"id":6,"pin":"pin-twice","age":1}',
  '{"id":7,"pin":"pin-there","age":1}',
  '{"id":8,"pin":"pin-nul\\u0000","age":1}',
  '{"id":9,"pin":"pin-broken","age":1',
  '{"id":10,"pin":"pin-key","pin":"pin-other","age":1}',
  '{"id":11,"pin":{"pin-object":1},"age":1}',
  '{"id":12,"pin":"pin-edge ","age":"x"}',
]

test.each(['error', 'update'] as const)(
  'no error and no warning shows one, on conflict %s',
  async onConflict => {
    const errors: RecordError[] = []
    const report = await createImporter({ pool: database.pool, resources: [members] }).run({
      resource: 'members',
      format: 'ndjson',
      source: Buffer.from(records.join('\n')),
      onConflict,
      dryRun: onConflict === 'update',
      onError: error => errors.push(error),
    })
    expect(report.failed).toBe(10)
    expect(errors.length).toBeGreaterThanOrEqual(report.failed)
    expect(JSON.stringify([errors, report])).not.toMatch(/bad-form|pin-[a-z0-9]/)
    // Other values are shown, so that the check is not empty.
    expect(errors.map(({ field, value }) => [field, value])).toContainEqual(['age', 'x'])
  },
)
