// Names as types: a typo in a name does not compile. `npm run typecheck` is the judge: it reports each error that is
// expected below and does not come. The exported functions are never called.
import type { Pool } from 'pg'
import { expect, test } from 'vitest'
import {
  createExporter,
  createImporter,
  createJobs,
  createLading,
  defineResource,
  type Exporter,
  type Importer,
  type Jobs,
  type Lading,
  memoryQueue,
  memoryStorage,
  type Resource,
  Type,
} from '../../src/index.ts'

const users = defineResource('users', {
  table: 'users',
  schema: Type.Object({
    id: Type.Optional(Type.String({ format: 'uuid' })),
    email: Type.String(),
    role: Type.Union([Type.Literal('admin'), Type.Literal('reader')]),
    age: Type.Optional(Type.Integer()),
    active: Type.Boolean(),
    team_id: Type.Optional(Type.Integer()),
    created_at: Type.Optional(Type.String({ format: 'date-time' })),
  }),
  key: ['email'],
  fields: { email: { transform: text => text.trim() } },
  references: {
    team_id: { table: 'teams', by: { team_code: 'code' }, show: { team_name: { column: 'name' } } },
  },
  scope: caller => (caller?.tenant === undefined ? {} : { team_id: Number(caller.tenant) }),
  check(record, issue) {
    if (record.role === 'admin' && record.active === false) issue('active', 'INACTIVE', 'No inactive admins.')
  },
  async lookUp(records) {
    for (const { values, set } of records) if (values.email === undefined) set('active', false)
  },
  printRow: row => (row.active === false ? null : { ...row, email: row.team_name === 'A' ? row.email : '' }),
})
const teams = defineResource('teams', { table: 'teams', schema: Type.Object({ code: Type.String() }) })

const schema = users.schema
const table = 'users'

test('the compiled resource carries the names', () => {
  const name: 'users' = users.name
  const joined: readonly ('team_code' | 'team_name')[] = users.joinedNames
  expect({ name, joined }).toEqual({ name: 'users', joined: ['team_code', 'team_name'] })
  expect(teams.joinedNames).toEqual([])
})

export function definitions(): void {
  // @ts-expect-error no such field
  defineResource('users', { table, schema, key: ['emial'] })
  // @ts-expect-error no such field
  defineResource('users', { table, schema, key: [{ fields: ['emial'] }] })
  // @ts-expect-error no such field
  defineResource('users', { table, schema, fields: { emial: { hidden: true } } })
  // @ts-expect-error no such field, beside one that there is
  defineResource('users', { table, schema, references: { team_id: { table }, taem_id: { table } } })
  // @ts-expect-error an option of a field that there is not
  defineResource('users', { table, schema, fields: { email: { hiden: true } } })

  const references = { team_id: { table: 'teams', by: { team_code: 'code' } } }
  defineResource('users', {
    table,
    schema,
    references,
    // @ts-expect-error reads a field that there is not
    printRow: row => ({ ...row, email: row.emial }),
  })
  defineResource('users', {
    table,
    schema,
    references,
    // @ts-expect-error returns a field that there is not
    printRow: row => ({ ...row, emial: row.email }),
  })
  defineResource('users', {
    table,
    schema,
    references,
    // @ts-expect-error returns a joined field that there is not, from one of two branches
    printRow: row => (row.active === true ? { ...row, team_coed: row.team_code } : null),
  })
  defineResource('users', { table, schema, references, printRow: row => ({ ...row, team_code: null }) })

  // @ts-expect-error filters by a field that there is not
  defineResource('users', { table, schema, scope: () => ({ taem_id: 7 }) })
  // @ts-expect-error the same beside one that there is, as a promise
  defineResource('users', { table, schema, scope: async () => ({ team_id: 7, taem_id: 7 }) })
  // @ts-expect-error a value that the field cannot have
  defineResource('users', { table, schema, scope: () => ({ role: 'amdin' as const }) })
  defineResource('users', { table, schema, scope: () => ({ team_id: null }) })

  defineResource('users', {
    table,
    schema,
    // @ts-expect-error no such field
    check: (_record, issue) => issue('emial', 'CODE', 'Message.'),
  })
  defineResource('users', {
    table,
    schema,
    // @ts-expect-error no such field
    lookUp: async records => records[0]?.set('emial', 'x'),
  })
}

export async function importing(pool: Pool, source: Buffer): Promise<void> {
  const importer = createImporter({ pool, resources: [users, teams] })
  await importer.run({ resource: 'teams', format: 'ndjson', source })
  await importer.run({ resource: 'users', source: [] })
  // @ts-expect-error no such resource
  await importer.run({ resource: 'user', format: 'csv', source })
  // @ts-expect-error no such format
  await importer.run({ resource: 'users', format: 'cvs', source })
  // @ts-expect-error a misspelt option
  await importer.run({ resource: 'users', format: 'csv', source, onConflcit: 'update' })
}

export function exporting(pool: Pool): void {
  const exporter = createExporter({ pool, resources: [users, teams] })
  const format = 'csv'
  exporter.stream({
    resource: 'users',
    format,
    fields: ['email', 'team_code'],
    sort: ['-email', 'team_name'],
  })
  exporter.stream({ resource: 'teams', format, fields: ['code'], filters: { code: ['a', 'b'] } })
  exporter.stream({
    resource: 'users',
    format,
    filters: { age: { gte: 18, lt: '65' }, role: ['admin'], active: true, team_id: null, team_code: 'A' },
  })
  exporter.stream({ resource: 'users', format, filters: { created_at: { gte: new Date(), null: false } } })
  // @ts-expect-error no such resource
  exporter.stream({ resource: 'user', format })
  // @ts-expect-error no such format
  exporter.stream({ resource: 'users', format: 'cvs' })
  // @ts-expect-error no such field
  exporter.stream({ resource: 'users', format, fields: ['emial'] })
  // @ts-expect-error a field of the other resource
  exporter.stream({ resource: 'teams', format, fields: ['email'] })
  // @ts-expect-error no such field
  exporter.stream({ resource: 'users', format, sort: ['-emial'] })
  // @ts-expect-error no such field
  exporter.stream({ resource: 'users', format, filters: { emial: 'x' } })
  // @ts-expect-error no such bound
  exporter.stream({ resource: 'users', format, filters: { age: { gtee: 18 } } })
  // @ts-expect-error a value that the field cannot have
  exporter.stream({ resource: 'users', format, filters: { role: 'amdin' } })
  // @ts-expect-error the same for `check`
  void exporter.check({ resource: 'users', format, fields: ['emial'] })
  exporter.bundle({ resources: ['teams'], format: 'ndjson' })
  // @ts-expect-error no such resource
  exporter.bundle({ resources: ['team'] })
  // @ts-expect-error not a format of bundles
  exporter.bundle({ format: 'json' })
}

export async function submitting(pool: Pool, source: Buffer): Promise<void> {
  const resources = [users, teams]
  const jobs = createJobs({
    importer: createImporter({ pool, resources }),
    exporter: createExporter({ pool, resources }),
    queue: memoryQueue(),
    storage: memoryStorage(),
  })
  await jobs.submitImport({ resource: 'users', format: 'csv', source })
  await jobs.submitExport({ resource: 'users', format: 'csv', fields: ['email'], filters: { age: 7 } })
  await jobs.submitRemoteImport({ resource: 'teams', url: 'https://example.org/teams.csv' })
  // @ts-expect-error no such resource
  await jobs.submitImport({ resource: 'user', format: 'csv', source })
  // @ts-expect-error no such format
  await jobs.submitImport({ resource: 'users', format: 'cvs', source })
  // @ts-expect-error no such resource
  await jobs.submitRemoteImport({ resource: 'team', url: 'https://example.org/teams.csv' })
  // @ts-expect-error no such field
  await jobs.submitExport({ resource: 'users', format: 'csv', fields: ['emial'] })
  // @ts-expect-error no such field
  await jobs.submitExport({ resource: 'users', format: 'csv', filters: { emial: 'x' } })
  // @ts-expect-error no such resource
  await jobs.submitBundleExport({ resources: ['team'] })
}

export async function facade(pool: Pool, source: Buffer): Promise<Lading> {
  const lading = createLading({ pool, resources: [users, teams] })
  await lading.import({ resource: 'users', format: 'csv', source })
  lading.export({ resource: 'users', format: 'csv', fields: ['email'], filters: { active: false } })
  // @ts-expect-error no such resource
  await lading.import({ resource: 'user', format: 'csv', source })
  // @ts-expect-error no such field
  lading.export({ resource: 'users', format: 'csv', fields: ['emial'] })
  // @ts-expect-error no such field
  await lading.jobs.submitExport({ resource: 'users', format: 'csv', filters: { emial: 'x' } })
  // @ts-expect-error a misspelt limit
  createLading({ pool, resources: [users], limits: { batchRow: 1 } })
  return lading
}

/** Names that come at run time: nothing is known, and everything is checked when it is called. */
export async function dynamic(pool: Pool, resource: string, format: string): Promise<void> {
  const resources: readonly Resource[] = [users, teams]
  const exporter = createExporter({ pool, resources })
  exporter.stream({ resource, format, fields: [resource], filters: { [resource]: format } })
  await createImporter({ pool, resources }).run({ resource, format, source: Buffer.of() })
  await createImporter<Resource>({ pool, resources: [users] }).run({ resource, source: [] })
}

/** What knows its names may be passed where any will do. */
export function erased(pool: Pool): readonly [Importer, Exporter, Pick<Exporter, 'stream'>, Jobs] {
  const importer = createImporter({ pool, resources: [users] })
  const exporter = createExporter({ pool, resources: [users] })
  const jobs = createJobs({ importer, exporter, queue: memoryQueue(), storage: memoryStorage() })
  return [importer, exporter, exporter, jobs]
}
