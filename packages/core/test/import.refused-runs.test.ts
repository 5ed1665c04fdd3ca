// Many records in a row that the table refuses, in batches of any size: the report and the rows are the same.
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { createImporter, defineResource, type RecordError, type RunOptions, Type } from '../src/index.ts'
import { bytes } from './support.ts'

const schema = Type.Object({ id: Type.Integer(), amount: Type.Integer() })
const kinds = ['raised', 'classed', 'unsupported', 'checked', 'owned'] as const
type Kind = (typeof kinds)[number]
const resources = kinds.map(table => defineResource(table, { table, schema, key: ['id'] }))

/** What is said of each refused record. */
const said: Readonly<Record<Kind, Pick<RecordError, 'field' | 'message'>>> = {
  raised: { field: null, message: 'Budget exceeded. Ask finance.' },
  classed: {
    field: null,
    message: 'A trigger or function of classed refuses this record; ask the owner of the table why.',
  },
  unsupported: {
    field: null,
    message:
      'A trigger or function of unsupported fails for this record: it needs something that the server cannot do. Ask the owner of the table.',
  },
  checked: { field: 'amount', message: '"amount" must be less than 1000.' },
  owned: {
    field: null,
    message:
      'A policy of owned (row-level security) does not let this record in; ask the owner of the table which records you may write.',
  },
}

let database: TestDatabase
let stranger: pg.Pool
const role = `lading_run_${process.pid}`
beforeAll(async () => {
  database = await createDatabase()
  const raising = (table: Kind, raise: string) => `
    create table ${table} (id int primary key, amount int);
    create function ${table}_judge() returns trigger language plpgsql as $$
      begin if new.amount >= 1000 then raise exception ${raise}; end if; return new; end $$;
    create trigger judge before insert or update on ${table} for each row execute function ${table}_judge();`
  await database.pool.query(`
    ${raising('raised', `'Budget exceeded' using hint = 'Ask finance'`)}
    ${raising('classed', `'An internal matter' using errcode = 'UE001'`)}
    ${raising('unsupported', `'An internal matter' using errcode = 'feature_not_supported'`)}
    create table checked (id int primary key, amount int check (amount < 1000));
    create table owned (id int primary key, amount int);
    alter table owned enable row level security;
    create policy small on owned using (true) with check (amount < 1000);
    create role ${role}; grant select, insert, update on all tables in schema public to ${role}`)
  stranger = new pg.Pool({ connectionString: database.url, max: 2, options: `-c role=${role}` })
})
afterAll(async () => {
  await stranger.end()
  await database.pool.query(`drop owned by ${role}; drop role ${role}`)
  await database.drop()
})

/** Records 1 to 500; those from 101 to 160 are refused. The first stands in line 2. */
const lines = Array.from({ length: 500 }, (_, index) => {
  const id = index + 1
  return `${id},${id > 100 && id <= 160 ? 1000 : id}`
})
const file = bytes(`id,amount\n${lines.join('\n')}\n`)

async function imported(kind: Kind, batchRows: number, options: Partial<RunOptions> = {}) {
  await database.pool.query(`truncate ${kind}`)
  const errors: RecordError[] = []
  const importer = createImporter({ pool: stranger, resources, batchRows })
  const { durationSeconds, ...report } = await importer.run({
    resource: kind,
    format: 'csv',
    source: file,
    onError: error => errors.push(error),
    ...options,
  })
  const { rows } = await database.pool.query(`select id, amount from ${kind} order by id`)
  return { report, errors, rows }
}

const accepted = lines.map((_, index) => index + 1).filter(id => id <= 100 || id > 160)
const refused = Array.from({ length: 60 }, (_, index) => index + 101)

describe.each(kinds)('%s', kind => {
  test.each([7, 50, 100, 5_000])('in batches of %i', async batchRows => {
    const { report, errors, rows } = await imported(kind, batchRows)
    expect(report).toMatchObject({ processed: 500, inserted: 440, failed: 60, unprocessed: 0, warnings: [] })
    expect(rows).toEqual(accepted.map(id => ({ id, amount: id })))
    expect(errors).toEqual(
      refused.map(id => ({
        rowNumber: id + 1,
        line: id + 1,
        recordIdentifier: String(id),
        code: 'CONSTRAINT_VIOLATION',
        value: said[kind].field === null ? `${id},1000` : '1000',
        ...said[kind],
      })),
    )
  })
})

test.each(['ignore', 'update'] as const)('under %s too', async onConflict => {
  for (const kind of kinds) {
    const { report, rows } = await imported(kind, 50, { onConflict })
    expect(report).toMatchObject({ processed: 500, inserted: 440, failed: 60 })
    expect(rows).toEqual(accepted.map(id => ({ id, amount: id })))
  }
})
