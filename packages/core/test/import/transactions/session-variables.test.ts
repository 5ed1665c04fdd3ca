// Settings of the application in every transaction, so that policies of row-level security can see the caller.
import { buffer } from 'node:stream/consumers'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import {
  type Caller,
  createExporter,
  createImporter,
  defineResource,
  LadingError,
  type Resource,
  type RunOptions,
  type SessionVariables,
  Type,
} from '../../../src/index.ts'
import { briefly, rowsOf } from '../../support.ts'

const notes = defineResource('notes', {
  table: 'notes',
  schema: Type.Object({ id: Type.Integer(), tenant: Type.Optional(Type.String()), text: Type.String() }),
})

let database: TestDatabase
/** As a role that policies hold for. */
let pool: pg.Pool
beforeAll(async () => {
  database = await createDatabase()
  const role = `app_${database.name}`
  await database.pool.query(`
    create role ${role} login password 'app';
    create table notes (id int primary key, tenant text not null default current_setting('app.tenant'), text text not null);
    alter table notes enable row level security;
    create policy own on notes using (tenant = current_setting('app.tenant'));
    grant all on notes to ${role};`)
  const url = new URL(database.url)
  url.username = role
  url.password = 'app'
  pool = new pg.Pool({ connectionString: url.href, max: 3 })
})
afterAll(async () => {
  await pool.end()
  const role = `app_${database.name}`
  await database.pool.query(`drop owned by ${role}; drop role ${role}`)
  await database.drop()
})
beforeEach(() =>
  database.pool.query(`truncate notes; insert into notes values (1, 'acme', 'a'), (2, 'bolt', 'b')`),
)

const byTenant: SessionVariables = caller => ({ 'app.tenant': caller?.tenant ?? '' })
const acme: Caller = { tenant: 'acme' }
const table = () => rowsOf(database.pool, 'notes')

async function run(options: Partial<RunOptions> & { readonly sessionVariables?: SessionVariables } = {}) {
  const { sessionVariables = byTenant, ...rest } = options
  const errors: string[] = []
  const fault = await createImporter<Resource>({ pool, resources: [notes], sessionVariables, batchRows: 2 })
    .run({
      resource: 'notes',
      source: [
        { id: 1, text: 'A' },
        { id: 3, text: 'c' },
        { id: 4, tenant: 'bolt', text: 'd' },
        { id: 5, text: 'e' },
      ],
      onConflict: 'update',
      caller: acme,
      onError: error => errors.push(...briefly([error])),
      ...rest,
    })
    .then(
      () => undefined,
      (error: unknown) => (error instanceof LadingError ? `${error.code} ${error.message}` : error),
    )
  return { fault, errors }
}

describe('an import', () => {
  test('is judged by the policies for its caller, in each of its batches', async () => {
    expect(await run()).toEqual({ fault: undefined, errors: ['3 null CONSTRAINT_VIOLATION'] })
    expect(await table()).toEqual(['(1,acme,A)', '(2,bolt,b)', '(3,acme,c)', '(5,acme,e)'])
  })

  test('is judged by them in an atomic import too, at its final write', async () => {
    const source = [
      { id: 1, text: 'A' },
      { id: 3, text: 'c' },
    ]
    expect(await run({ atomic: true, source })).toEqual({ fault: undefined, errors: [] })
    expect(await table()).toEqual(['(1,acme,A)', '(2,bolt,b)', '(3,acme,c)'])
  })

  test('in a transaction of the caller sets them there', async () => {
    const client = await pool.connect()
    await client.query('begin')
    const { errors } = await run({ client })
    await client.query('commit')
    const after = await client.query(`select current_setting('app.tenant', true) as tenant`)
    client.release()
    expect(errors).toEqual(['3 null CONSTRAINT_VIOLATION'])
    expect(after.rows).toEqual([{ tenant: '' }])
    expect(await table()).toEqual(['(1,acme,A)', '(2,bolt,b)', '(3,acme,c)', '(5,acme,e)'])
  })

  test('passes values unchanged', async () => {
    const tenant = `o'neil\\ "x"; drop table notes --`
    await run({ caller: { tenant }, source: [{ id: 9, text: 'z' }] })
    const { rows } = await database.pool.query('select tenant from notes where id = 9')
    expect(rows).toEqual([{ tenant }])
  })

  test.each<[string, SessionVariables, string]>([
    [
      'throws',
      () => Promise.reject(new Error('no tenant')),
      'HOOK_FAILED The hook sessionVariables threw an error.',
    ],
    [
      'gives nothing',
      (() => undefined) as unknown as SessionVariables,
      'HOOK_FAILED The hook sessionVariables must return an object of settings, such as { "app.tenant": "7" }.',
    ],
    [
      "names a setting of the server's",
      () => ({ role: 'postgres' }),
      'HOOK_FAILED The hook sessionVariables returned a name that is not an application setting; use names with a prefix, such as "app.tenant".',
    ],
    [
      'names an invalid name',
      () => ({ 'app.tenant = 1; --': '' }),
      'HOOK_FAILED The hook sessionVariables returned a name that is not an application setting; use names with a prefix, such as "app.tenant".',
    ],
    [
      'returns a value that is not a text',
      (() => ({ 'app.tenant': 7 })) as unknown as SessionVariables,
      'HOOK_FAILED The hook sessionVariables must return a string as the value of "app.tenant".',
    ],
  ])('writes nothing where the hook %s', async (_, session, fault) => {
    expect(await run({ sessionVariables: session })).toEqual({ fault, errors: [] })
    expect(await table()).toEqual(['(1,acme,a)', '(2,bolt,b)'])
  })
})

test.each([
  ['acme', '{"id":1,"tenant":"acme","text":"a"}\n'],
  ['bolt', '{"id":2,"tenant":"bolt","text":"b"}\n'],
  ['none', ''],
])('an export for %s prints what the policies show it', async (tenant, printed) => {
  const exporter = createExporter<Resource>({ pool, resources: [notes], sessionVariables: byTenant })
  const asked = { resource: 'notes', format: 'ndjson', caller: { tenant } }
  expect((await buffer(exporter.stream(asked))).toString()).toBe(printed)
})

test('a bundle too', async () => {
  const exporter = createExporter<Resource>({ pool, resources: [notes], sessionVariables: byTenant })
  let rows = 0
  await buffer(exporter.bundle({ caller: acme, onRows: count => (rows = count) }))
  expect(rows).toBe(1)
})
