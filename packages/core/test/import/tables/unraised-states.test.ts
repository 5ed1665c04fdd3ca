// States that no RAISE made: the fault of a row if the statement works without it, else of the job or of the whole run.
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { createImporter, defineResource, type RecordError, Type } from '../../../src/index.ts'
import { bytes } from '../../support.ts'

const schema = Type.Object({ id: Type.Integer(), note: Type.Optional(Type.String()) })
const tables = ['named', 'audited', 'shrinking'] as const
const resources = tables.map(table => defineResource(table, { table, schema, key: ['id'] }))
const role = `lading_unraised_${process.pid}`

let database: TestDatabase
let limited: pg.Pool
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`
    create table named (id int primary key, note text check (coalesce(note, 'named')::regclass is not null));
    create table audit (note text);
    create table audited (id int primary key, note text);
    create function audit_note() returns trigger language plpgsql set lock_timeout = '100ms' as $$
      begin
        if new.note is not null then insert into audit values (new.note); end if;
        return new;
      end $$;
    create trigger audit before insert or update on audited for each row execute function audit_note();
    create table shrinking (id int primary key, note text);
    create role ${role};
    grant select, insert, update on all tables in schema public to ${role}`)
  limited = new pg.Pool({
    connectionString: database.url,
    max: 2,
    options: `-c role=${role}`,
  })
})
afterAll(async () => {
  await limited.end()
  await database.pool.query(`drop owned by ${role}; drop role ${role}`)
  await database.drop()
})

const file = (notes: readonly (string | null)[]) =>
  bytes(notes.map((note, index) => JSON.stringify({ id: index + 1, note })).join('\n'))

async function imported(
  resource: (typeof tables)[number],
  notes: readonly (string | null)[],
  { batchRows = 2 }: { readonly batchRows?: number } = {},
) {
  const errors: RecordError[] = []
  const report = await createImporter({ pool: limited, resources, batchRows })
    .run({
      resource,
      format: 'ndjson',
      source: file(notes),
      onError: error => errors.push(error),
    })
    .catch(({ code, message, report }) => ({ ...report, code, message }))
  return { report, errors: errors.map(({ rowNumber, code }) => `${rowNumber} ${code}`) }
}

test.each([1, 2, 100])('a rule that cannot identify a single record, in batches of %i', async batchRows => {
  await database.pool.query('truncate named')
  const { report, errors } = await imported('named', ['audit', 'no_table', 'named', 'a b', null], {
    batchRows,
  })
  expect(report).toMatchObject({ processed: 5, inserted: 3, failed: 2 })
  expect(errors).toEqual(['2 CONSTRAINT_VIOLATION', '4 CONSTRAINT_VIOLATION'])
})

test('a lock that a trigger waits for is not the fault of a record', async () => {
  const holder = await database.pool.connect()
  try {
    await holder.query('begin; lock table audit')
    const { report, errors } = await imported('audited', [null, null, null, 'x', null])
    expect(report).toMatchObject({ code: 'DATABASE_UNAVAILABLE', inserted: 2, failed: 0 })
    expect(report.message).toBe('Another transaction held a lock for too long; try again.')
    expect(errors).toEqual([])
    await holder.query('commit')
  } finally {
    holder.release()
  }
})

describe('an error that would affect every row ends the run, and rejects none', () => {
  test.each([
    ['a column that is dropped', 'alter table shrinking drop column note'],
    ['a privilege that is revoked', `revoke insert on shrinking from ${role}`],
  ])('%s in the middle', async (_, change) => {
    await database.pool.query(`
      drop table shrinking; create table shrinking (id int primary key, note text);
      grant select, insert, update on shrinking to ${role}`)
    let changed: Promise<unknown> | undefined
    async function* records() {
      yield file(['a', 'b', 'c', 'd'])
      // The batch before has its rows in: no record of it is read before that.
      await expect
        .poll(async () => (await database.pool.query('select from shrinking')).rowCount)
        .toBeGreaterThanOrEqual(2)
      changed ??= database.pool.query(change)
      await changed
      yield bytes('\n{"id":5,"note":"e"}\n{"id":6,"note":"f"}\n{"id":7}')
    }
    const errors: RecordError[] = []
    const run = createImporter({ pool: limited, resources, batchRows: 2 }).run({
      resource: 'shrinking',
      format: 'ndjson',
      source: records(),
      onError: error => errors.push(error),
    })
    await expect(run).rejects.toMatchObject({ code: 'DATABASE_REFUSED', report: { failed: 0 } })
    expect(errors).toEqual([])
  })
})
