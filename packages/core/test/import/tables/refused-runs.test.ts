// Many records in a row that the table refuses, in batches of any size: the report and the rows are the same.
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import {
  createImporter,
  defineResource,
  type RecordError,
  type Resource,
  type RunOptions,
  Type,
} from '../../../src/index.ts'
import { bytes } from '../../support.ts'

const schema = Type.Object({ id: Type.Integer(), amount: Type.Integer() })
const kinds = [
  'raised',
  'classed',
  'unsupported',
  'locked',
  'broken',
  'forbidden',
  'checked',
  'owned',
] as const
type Kind = (typeof kinds)[number]
const resources = kinds.map(table => defineResource(table, { table, schema, key: ['id'] }))

/** What is reported about each rejected record. */
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
  locked: {
    field: null,
    message: 'A trigger or function of locked refuses this record; ask the owner of the table why.',
  },
  broken: {
    field: null,
    message: 'A trigger or function of broken refuses this record; ask the owner of the table why.',
  },
  forbidden: {
    field: null,
    message:
      'The database user may not write this record of forbidden; ask the owner of the table to grant the missing privilege.',
  },
  checked: { field: 'amount', message: '"amount" must be less than 1000.' },
  owned: {
    field: null,
    message:
      'A policy of owned (row-level security) does not let this record in; ask the owner of the table which records you may write.',
  },
}

let database: TestDatabase
let restricted: pg.Pool
const role = `lading_run_${process.pid}`
beforeAll(async () => {
  database = await createDatabase()
  const raising = (table: Kind, raise: string) => refusing(table, `raise exception ${raise}`)
  const refusing = (table: Kind, statement: string) => `
    create table ${table} (id int primary key, amount int);
    create function ${table}_judge() returns trigger language plpgsql as $$
      begin if new.amount >= 1000 then ${statement}; end if; return new; end $$;
    create trigger judge before insert or update on ${table} for each row execute function ${table}_judge();`
  await database.pool.query(`
    ${raising('raised', `'Budget exceeded' using hint = 'Ask finance'`)}
    ${raising('classed', `'An internal matter' using errcode = 'UE001'`)}
    ${raising('unsupported', `'An internal matter' using errcode = 'feature_not_supported'`)}
    ${raising('locked', `'An internal matter' using errcode = 'lock_not_available'`)}
    ${refusing('broken', 'perform missing_function()')}
    ${refusing('forbidden', 'insert into audit values (new.id)')}
    create table checked (id int primary key, amount int check (amount < 1000));
    create table owned (id int primary key, amount int);
    alter table owned enable row level security;
    create policy small on owned using (true) with check (amount < 1000);
    create role ${role}; grant select, insert, update on all tables in schema public to ${role};
    create table audit (id int)`)
  restricted = new pg.Pool({ connectionString: database.url, max: 2, options: `-c role=${role}` })
})
afterAll(async () => {
  await restricted.end()
  await database.pool.query(`drop owned by ${role}; drop role ${role}`)
  await database.drop()
})

/** Records 1 to 500, of which 60 in a row are refused. The first stands in line 2. */
const ids = Array.from({ length: 500 }, (_, index) => index + 1)
const isRefused = (id: number, from: number) => id >= from && id < from + 60
const fileOf = (from: number) =>
  bytes(`id,amount\n${ids.map(id => `${id},${isRefused(id, from) ? 1000 : id}`).join('\n')}\n`)

async function imported(kind: Kind, batchRows: number, options: Partial<RunOptions> = {}, from = 101) {
  await database.pool.query(`truncate ${kind}`)
  const errors: RecordError[] = []
  const importer = createImporter<Resource>({ pool: restricted, resources, batchRows })
  const { durationSeconds, ...report } = await importer.run({
    resource: kind,
    format: 'csv',
    source: fileOf(from),
    onError: error => errors.push(error),
    ...options,
  })
  const { rows } = await database.pool.query(`select id, amount from ${kind} order by id`)
  return { report, errors, rows }
}

describe.each(kinds)('%s', kind => {
  test.each([
    [7, 101],
    [50, 101],
    [100, 1],
    [500, 1],
  ])('in batches of %i, rejected from record %i on', async (batchRows, from) => {
    const { report, errors, rows } = await imported(kind, batchRows, {}, from)
    const accepted = ids.filter(id => !isRefused(id, from))
    const refused = ids.filter(id => isRefused(id, from))
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
    const { report, rows } = await imported(kind, 50, { onConflict }, 1)
    const accepted = ids.filter(id => !isRefused(id, 1))
    expect(report).toMatchObject({ processed: 500, inserted: 440, failed: 60 })
    expect(rows).toEqual(accepted.map(id => ({ id, amount: id })))
  }
})
