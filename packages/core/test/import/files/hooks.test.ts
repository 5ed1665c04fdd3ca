// Hooks that throw: the run fails with their name, and everything before the record at fault is in and counted.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { createImporter, defineResource, importReportOf, Type } from '../../../src/index.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query('create table things (id int primary key, name text)')
})
afterEach(() => database.empty())
afterAll(() => database.drop())

const schema = Type.Object({ id: Type.Integer(), name: Type.String() })
const explode = (name: unknown) => {
  if (name === 'evil') throw new Error('boom')
}
const hooks = {
  transform: {
    resource: defineResource('things', {
      table: 'things',
      schema,
      fields: {
        name: {
          transform: text => {
            explode(text)
            return text
          },
        },
      },
    }),
    reported: 'The transform of "name" threw an error.',
  },
  check: {
    resource: defineResource('things', { table: 'things', schema, check: ({ name }) => explode(name) }),
    reported: 'The check of things threw an error.',
  },
}
const file = Buffer.from('id,name\n1,a\nx,bad\n2,b\n3,evil\n4,c\n')

test.each(
  (['transform', 'check'] as const).flatMap(hook =>
    [1, 2, 1_000].flatMap(batchRows => [1, 7, 1_000].map(chunk => ({ hook, batchRows, chunk }))),
  ),
)(
  'a $hook that throws: the records before it are imported (batches of $batchRows, chunks of $chunk bytes)',
  async ({ hook, batchRows, chunk }) => {
    const { resource, reported } = hooks[hook]
    const chunks = Array.from({ length: Math.ceil(file.length / chunk) }, (_, index) =>
      file.subarray(index * chunk, (index + 1) * chunk),
    )
    const fault = await createImporter({ pool: database.pool, resources: [resource], batchRows })
      .run({ resource: 'things', format: 'csv', source: chunks })
      .catch((error: unknown) => error)
    expect(fault).toMatchObject({ code: 'HOOK_FAILED', message: reported, cause: { message: 'boom' } })
    expect(importReportOf(fault)).toMatchObject({
      processed: 3,
      successful: 2,
      failed: 1,
      errorsByCode: { INVALID_ID: 1 },
    })
    const { rows } = await database.pool.query('select id from things order by id')
    expect(rows.map(({ id }) => id)).toEqual([1, 2])
  },
)
