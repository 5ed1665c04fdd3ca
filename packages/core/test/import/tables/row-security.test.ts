// Row-level security: what a policy hides stays hidden in every sentence, and outcomes do not depend on batches or roads.
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { createImporter, defineResource, type Resource, type RunOptions, Type } from '../../../src/index.ts'
import { rowsOf } from '../../support.ts'

const docs = defineResource('docs', {
  table: 'docs',
  schema: Type.Object({
    id: Type.Integer(),
    slug: Type.String(),
    tenant: Type.String(),
    text: Type.String(),
  }),
  key: [{ fields: ['slug'] }],
})

let database: TestDatabase
let role: string
/** As a role that policies hold for. */
let pool: pg.Pool
beforeAll(async () => {
  database = await createDatabase()
  role = `app_${database.name}`
  await database.pool.query(`
    create role ${role} login password 'app';
    create table docs (id int primary key, slug text not null unique, tenant text not null, text text not null);
    alter table docs enable row level security;
    grant all on docs to ${role};`)
  const url = new URL(database.url)
  url.username = role
  url.password = 'app'
  pool = new pg.Pool({ connectionString: url.href, max: 3 })
})
afterAll(async () => {
  await pool.end()
  await database.pool.query(`drop owned by ${role}; drop role ${role}`)
  await database.drop()
})
const mine = `tenant = current_setting('app.tenant')`

/** Each leaves the same to be seen and done, in other ways. */
const policies: Readonly<Record<string, string>> = {
  'one policy for all': `create policy own on docs using (${mine})`,
  'a policy for each command': `
    create policy s on docs for select using (${mine});
    create policy i on docs for insert with check (${mine});
    create policy u on docs for update using (${mine}) with check (${mine});`,
  'a restrictive policy': `
    create policy everything on docs using (true);
    create policy own on docs as restrictive using (${mine})`,
  'a policy that calls a function': `
    create or replace function may_see(owner text) returns boolean language plpgsql stable as $$
      begin return owner = current_setting('app.tenant'); end $$;
    create policy own on docs using (may_see(tenant))`,
}
beforeEach(async () => {
  const { rows } = await database.pool.query(`select policyname from pg_policies where tablename = 'docs'`)
  for (const { policyname } of rows) await database.pool.query(`drop policy ${policyname} on docs`)
  await database.pool.query(`truncate docs; insert into docs values
    (1, 'own', 'acme', 'before'), (2, 'hidden', 'bolt', 'the secret of bolt')`)
})

const source = [
  { id: 1, slug: 'own', tenant: 'acme', text: 'after' },
  { id: 3, slug: 'new', tenant: 'acme', text: 'new' },
  { id: 2, slug: 'mine', tenant: 'acme', text: 'the id is hidden' },
  { id: 4, slug: 'hidden', tenant: 'acme', text: 'the key is hidden' },
  { id: 5, slug: 'theirs', tenant: 'bolt', text: 'not ours to write' },
  { id: 6, slug: 'last', tenant: 'acme', text: 'last' },
]
const hidden = '(2,hidden,bolt,"the secret of bolt")'
const added = ['(3,new,acme,new)', '(6,last,acme,last)']

/** That a key is taken cannot be hidden, where an index holds over all rows; what has it can. */
const clashes = ['3 id DUPLICATE_ID', '4 slug DUPLICATE_SLUG', '5 null CONSTRAINT_VIOLATION']
const expected = { error: ['1 id DUPLICATE_ID', '1 slug DUPLICATE_SLUG', ...clashes], others: clashes }

async function run(batchRows: number, options: Partial<RunOptions>) {
  const importer = createImporter<Resource>({
    pool,
    resources: [docs],
    batchRows,
    sessionVariables: caller => ({ 'app.tenant': caller?.tenant ?? '' }),
  })
  const report = await importer.run({ resource: 'docs', source, caller: { tenant: 'acme' }, ...options })
  const reported = report.errors.map(({ rowNumber, code, field }) => `${rowNumber} ${field} ${code}`)
  return { report, reported, rows: await rowsOf(database.pool, 'docs') }
}

describe.each(Object.entries(policies))('%s', (_name, sql) => {
  beforeEach(() => database.pool.query(sql))

  test.each([1, 6])('under error, in batches of %i', async batchRows => {
    const { reported, rows, report } = await run(batchRows, {})
    expect(reported).toEqual(expected.error)
    expect(rows).toEqual(['(1,own,acme,before)', hidden, ...added])
    expect(JSON.stringify(report)).not.toContain('secret')
  })

  test.each([1, 6])('under ignore, in batches of %i', async batchRows => {
    const { reported, rows, report } = await run(batchRows, { onConflict: 'ignore' })
    expect(reported).toEqual(expected.others)
    expect(rows).toEqual(['(1,own,acme,before)', hidden, ...added])
    expect(report).toMatchObject({ inserted: 2, ignored: 1, failed: 3 })
  })

  test.each([1, 6])('under update, in batches of %i', async batchRows => {
    const { reported, rows, report } = await run(batchRows, { onConflict: 'update' })
    expect(reported).toEqual(expected.others)
    expect(rows).toEqual(['(1,own,acme,after)', hidden, ...added])
    expect(report).toMatchObject({ inserted: 2, updated: 1, failed: 3 })
    expect(JSON.stringify(report)).not.toContain('secret')
  })

  test('atomically: nothing is imported, with the same messages', async () => {
    const fault = await run(6, { atomic: true, onConflict: 'update' }).catch((error: unknown) => error)
    expect(fault).toMatchObject({ code: 'IMPORT_ROLLED_BACK', report: { failed: 3, successful: 0 } })
    expect(await rowsOf(database.pool, 'docs')).toEqual(['(1,own,acme,before)', hidden])
  })

  test('a dry run reports that it cannot judge policies, and shows nothing of what they hide', async () => {
    const { report, rows } = await run(6, { dryRun: true, onConflict: 'update' })
    expect(report.notJudged.join()).toContain('row-level security')
    expect(JSON.stringify(report)).not.toContain('secret')
    expect(rows).toEqual(['(1,own,acme,before)', hidden])
  })
})
