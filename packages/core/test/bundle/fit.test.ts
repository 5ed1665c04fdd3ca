// Whether a bundle fits: what its files lack or have only in part is reported before anything is imported, for equal definitions too.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import {
  createExporter,
  createImporter,
  defineResource,
  type FieldDefinition,
  type Resource,
  Type,
} from '../../src/index.ts'
import { buffer, entriesOf } from '../fixtures/bundle-fixture.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await createDatabase()
  await database.pool.query(`create table people (id int primary key, email text not null, note text);
    insert into people values (1, 'a@example.org', 'x')`)
})
afterEach(() => database.drop())

const people = (fields: Record<string, FieldDefinition>) =>
  defineResource('people', {
    table: 'people',
    schema: Type.Object({
      id: Type.Integer(),
      email: Type.String(),
      note: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    }),
    fields,
  })
const plain = people({})
const masked = people({ email: { mask: { keepFirst: 1 } } })

const bundleOf = (resource: Resource) =>
  buffer(createExporter({ pool: database.pool, resources: [resource] }).bundle())
async function restore(bundle: Buffer, resource: Resource): Promise<unknown> {
  const importer = createImporter({ pool: database.pool, resources: [resource] })
  try {
    const opened = await importer.openBundle({ source: bundle })
    for (const { format, open } of opened.entries) {
      await importer.run({ resource: 'people', format, source: await open(), onConflict: 'update' })
    }
    await opened.close()
  } catch (error) {
    return error
  }
  return undefined
}
const stored = async () => (await database.pool.query('select * from people')).rows

test.each([
  ['as it is here', masked],
  ['only where it was printed', plain],
])('stars never take the place of values: a field that is masked %s', async (_, here) => {
  const bundle = await bundleOf(masked)
  const [manifest] = await entriesOf(bundle)
  expect(JSON.parse(manifest?.[1] ?? '').entries[0].fields).toEqual([
    { name: 'id', type: 'integer' },
    { name: 'email', type: 'text', masked: true },
    { name: 'note', type: 'text' },
  ])
  expect(await restore(bundle, here)).toMatchObject({
    code: 'BUNDLE_MISMATCH',
    message: expect.stringContaining(
      'its field "email" is masked, so stars would replace values (export it without the mask, or leave the field out of its file)',
    ),
  })
  expect(await stored()).toEqual([{ id: 1, email: 'a@example.org', note: 'x' }])
})

test('fields that were printed unmasked fit, even if exports mask them', async () => {
  const bundle = await bundleOf(plain)
  await database.pool.query(`update people set email = 'b@example.org'`)
  expect(await restore(bundle, masked)).toBeUndefined()
  expect(await stored()).toEqual([{ id: 1, email: 'a@example.org', note: 'x' }])
})

test('a masked field that no import writes is no reason to reject the bundle', async () => {
  const shown = people({ note: { mask: {}, readOnly: true } })
  expect(await restore(await bundleOf(shown), shown)).toBeUndefined()
  expect(await stored()).toEqual([{ id: 1, email: 'a@example.org', note: 'x' }])
})

test('a required field that is never printed is reported once, and not for each record', async () => {
  const hidden = people({ email: { hidden: true } })
  const bundle = await bundleOf(hidden)
  expect(await restore(bundle, hidden)).toMatchObject({
    code: 'BUNDLE_MISMATCH',
    message: expect.stringContaining('it lacks the field "email", which is required here'),
  })
})

test('a hidden optional field may be missing', async () => {
  const hidden = people({ note: { hidden: true } })
  expect(await restore(await bundleOf(hidden), hidden)).toBeUndefined()
  expect(await stored()).toEqual([{ id: 1, email: 'a@example.org', note: 'x' }])
})
