// References through columns whose type reads a value otherwise than the type of the field: also of rejected records.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { createImporter, defineResource, type Resource, type RunOptions, Type } from '../../../src/index.ts'
import { briefly, bytes } from '../../support.ts'

const instant = Type.String({ format: 'date-time' })

const bookings = defineResource('bookings', {
  table: 'bookings',
  schema: Type.Object({
    id: Type.Integer({ minimum: 1 }),
    starts: Type.Optional(instant),
    desk_id: Type.Optional(Type.Integer()),
    rate: Type.Optional(Type.Number()),
    code: Type.Optional(Type.String()),
    label: Type.Optional(Type.String()),
    host: Type.Optional(Type.String()),
  }),
  references: {
    starts: { table: 'slots', column: 'starts', code: 'SLOT_NOT_FOUND' },
    desk_id: { table: 'desks', by: { desk_since: { column: 'since', schema: instant } } },
    rate: { table: 'rates', column: 'rate', code: 'RATE_NOT_FOUND' },
    code: { table: 'codes', column: 'code', code: 'CODE_NOT_FOUND' },
    label: { table: 'labels', column: 'label', code: 'LABEL_NOT_FOUND' },
  },
})

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`
    create collation folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
    create table slots (starts timestamp primary key);
    create table desks (id int primary key, since timestamp not null unique);
    create table rates (rate real primary key);
    create table codes (code char(5) primary key);
    create table labels (label text collate folded primary key);
    create table bookings (
      id int primary key,
      starts timestamp references slots (starts),
      desk_id int references desks (id),
      rate real references rates (rate),
      code char(5) references codes (code),
      label text collate folded references labels (label),
      host inet
    );
    insert into slots values ('2026-01-31 12:00:00');
    insert into desks values (7, '2026-01-31 12:00:00.5');
    insert into rates values ('0.1');
    insert into codes values ('AB');
    insert into labels values ('Blue');`)
})
afterAll(() => database.drop())

async function errorsOf(csv: string, options: Partial<RunOptions> = {}): Promise<readonly string[]> {
  const importer = createImporter<Resource>({ pool: database.pool, resources: [bookings] })
  const client = await database.pool.connect()
  try {
    // In this zone a value that is converted on the way is another one.
    await client.query(`begin; set local time zone 'America/New_York'`)
    const report = await importer.run({
      resource: 'bookings',
      format: 'csv',
      source: bytes(csv),
      client,
      ...options,
    })
    return [...briefly(report.errors)].sort()
  } finally {
    await client.query('rollback')
    client.release()
  }
}

const columns = {
  starts: { there: '2026-01-31T12:00:00Z', missing: '2026-01-31T17:00:00Z', code: 'SLOT_NOT_FOUND' },
  desk_since: { there: '2026-01-31T12:00:00.5Z', missing: '2026-01-31T17:00:00.5Z', code: 'DESK_NOT_FOUND' },
  rate: { there: '0.1', missing: '0.2', code: 'RATE_NOT_FOUND' },
  code: { there: 'AB', missing: 'AC', code: 'CODE_NOT_FOUND' },
  label: { there: 'BLUE', missing: 'BLUES', code: 'LABEL_NOT_FOUND' },
}

describe.each(Object.entries(columns))('by %s', (column, { there, missing, code }) => {
  test('valid records', async () => {
    expect(await errorsOf(`id,${column}\n1,${there}\n2,${missing}\n`)).toEqual([`3 ${column} ${code}`])
  })

  test('records that Node rejects for another reason', async () => {
    expect(await errorsOf(`id,${column}\n0,${there}\n-1,${missing}\n`)).toEqual([
      '2 id INVALID_ID',
      ...[`3 ${column} ${code}`, '3 id INVALID_ID'].sort(),
    ])
  })

  test('records that PostgreSQL rejects for another reason', async () => {
    expect(await errorsOf(`id,${column},host\n1,${there},x\n2,${missing},y\n`)).toEqual([
      '2 host INVALID_HOST',
      ...[`3 ${column} ${code}`, '3 host INVALID_HOST'].sort(),
    ])
  })
})
