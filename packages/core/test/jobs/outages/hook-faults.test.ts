// Jobs that a hook of the application ended: their clients read a sentence of ours, and the operator's ear has the rest.
import { beforeEach, expect, test } from 'vitest'
import { defineResource, type Resource, Type } from '../../../src/index.ts'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'
import { bytes } from '../../support.ts'

const harness = jobsHarness({ freshDatabase: true })
beforeEach(async () => {
  await harness.database.pool.query(`create table people (id int primary key, name text);
    insert into people values (1, 'a')`)
})

const secret = 'connect postgres://someone:secret@10.0.0.3/directory failed'
const explode = (): never => {
  throw new Error(secret)
}
const schema = Type.Object({ id: Type.Integer(), name: Type.String() })
const people = { table: 'people', schema }
const hooks: Record<string, { kind: 'import' | 'export'; resource: Resource; name: string }> = {
  transform: {
    kind: 'import',
    resource: defineResource('people', { ...people, fields: { name: { transform: explode } } }),
    name: 'The transform of "name"',
  },
  check: {
    kind: 'import',
    resource: defineResource('people', { ...people, check: explode }),
    name: 'The check of people',
  },
  lookUp: {
    kind: 'import',
    resource: defineResource('people', { ...people, lookUp: async () => explode() }),
    name: 'The lookUp of people',
  },
  printRow: {
    kind: 'export',
    resource: defineResource('people', { ...people, printRow: explode }),
    name: 'printRow of people',
  },
}

test.each(Object.entries(hooks))(
  'the error that %s threw is only logged',
  async (_, { kind, resource, name }) => {
    const heard: unknown[] = []
    harness.work({ resources: [resource], onError: (error, context) => heard.push({ error, context }) })
    const { id } =
      kind === 'import'
        ? await harness.jobs.submitImport({
            resource: 'people',
            format: 'csv',
            source: bytes('id,name\n2,b\n'),
          })
        : await harness.jobs.submitExport({ resource: 'people', format: 'csv' })
    const job = await harness.ended(id)
    expect(job).toMatchObject({
      status: 'failed',
      errorCode: 'HOOK_FAILED',
      errorMessage: `${name} threw an error.`,
    })
    expect(JSON.stringify(job)).not.toContain('secret')
    expect(heard).toMatchObject([{ error: { cause: { message: secret } }, context: { jobId: id } }])
  },
)

test('a fault of the file is not logged, and a log that throws does not end the worker', async () => {
  const heard: unknown[] = []
  harness.work({
    resources: [defineResource('people', { ...people, printRow: explode })],
    onError(error) {
      heard.push(error)
      throw new Error('the log is full')
    },
  })
  const submitted = await harness.jobs.submitImport({
    resource: 'people',
    format: 'csv',
    source: bytes('nobody\n1\n'),
  })
  expect(await harness.ended(submitted.id)).toMatchObject({ errorCode: 'HEADER_INVALID' })
  expect(heard).toEqual([])
  for (const count of [1, 2]) {
    const { id } = await harness.jobs.submitExport({ resource: 'people', format: 'csv' })
    expect(await harness.ended(id)).toMatchObject({ errorCode: 'HOOK_FAILED' })
    await expect.poll(() => heard.length).toBe(count)
  }
})
