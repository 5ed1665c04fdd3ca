// Sequences that are not plain: they keep their step and their bounds, and who may do less does less, with a warning.
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { createImporter, defineResource, type RunOptions, Type } from '../src/index.ts'

let database: TestDatabase
let tables = 0
const role = `lading_writer_${process.pid}`
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(
    `create role ${role} login password 'x'; grant create, temporary on database ${database.name} to ${role}`,
  )
})
afterAll(async () => {
  await database.pool.query(`drop owned by ${role}; drop role ${role}`)
  await database.drop()
})

/** A new table `t` whose `id` draws from a sequence `s` with these options, and a run into it. */
async function draws(options: string, type = 'bigint') {
  const table = `t${++tables}`
  const sequence = `${table}_s`
  await database.pool.query(`
    create sequence ${sequence} as ${type === 'numeric' ? 'bigint' : type} ${options};
    create table ${table} (id ${type} primary key default nextval('${sequence}'), other ${type}, name text)`)
  const optional = Type.Optional(Type.Integer())
  const resource = defineResource(table, {
    table,
    schema: Type.Object({ id: optional, other: optional, name: Type.Optional(Type.String()) }),
  })
  const known = new Map<pg.Pool, ReturnType<typeof createImporter>>()
  return {
    table,
    sequence,
    async run(
      ids: readonly (number | object)[],
      { pool = database.pool, ...more }: Partial<RunOptions> & { pool?: pg.Pool } = {},
    ) {
      const importer = known.get(pool) ?? createImporter({ pool, resources: [resource] })
      known.set(pool, importer)
      const source = ids.map(id => (typeof id === 'number' ? { id } : id))
      const report = await importer.run({ resource: table, source, ...more })
      expect(report.failed).toBe(0)
      return report.warnings
    },
    async position() {
      const { rows } = await database.pool.query(
        `select last_value::float8 as at, is_called from ${sequence}`,
      )
      return [rows[0].at, rows[0].is_called]
    },
    async next(): Promise<number> {
      const { rows } = await database.pool.query(`select nextval('${sequence}')::float8 as next`)
      return rows[0].next
    },
  }
}

describe('a sequence', () => {
  test.each([
    ['that runs downwards', 'increment -1', [-4, -9, 7], -10],
    ['that runs downwards, far', 'increment -1', [-4, -90_000], -90_001],
    ['with a step keeps its rhythm', 'increment 10 start 1', [15], 21],
    ['with a step keeps its rhythm, far', 'increment 10 start 3', [50_000], 50_003],
    ['with a step that is met exactly', 'increment 10 start 1', [21], 31],
    ['with values before its start', 'start 100', [5, 99], 100],
    ['with values behind its bound', 'maxvalue 50', [7, 1_000], 8],
    ['with negative values', '', [-5, 0], 1],
    ['that begins anew at its end', 'maxvalue 50 cycle', [49], 50],
    ['that begins anew, written at its end', 'maxvalue 50 cycle', [50], 1],
    [
      'with the largest numbers there are',
      'start 9007199254740000',
      [9_007_199_254_740_990],
      9_007_199_254_740_991,
    ],
  ] as [string, string, number[], number][])('%s', async (_, options, ids, expected) => {
    const { run, next } = await draws(options)
    expect(await run(ids)).toEqual([])
    expect(await next()).toBe(expected)
  })

  test.each(['smallint', 'int'])(
    'of %s is at its end where its last number was written, and gives none twice',
    async type => {
      const { run, next } = await draws('', type)
      const last = type === 'smallint' ? 32_767 : 2_147_483_647
      expect(await run([last, 5])).toEqual([])
      await expect(next()).rejects.toMatchObject({ code: '2200H' })
    },
  )

  test('that two columns share is past the values of both', async () => {
    const { run, next, table, sequence } = await draws('')
    await database.pool.query(`alter table ${table} alter other set default nextval('${sequence}')`)
    await run([
      { id: 4, other: 11 },
      { id: 9, other: 2 },
    ])
    expect(await next()).toBe(12)
    await run([{ id: 70_000, other: 3 }])
    expect(await next()).toBe(70_001)
  })

  test('that was set, and has not been called, is past them', async () => {
    const { run, next, sequence } = await draws('')
    await database.pool.query(`select setval('${sequence}', 40, false)`)
    await run([39])
    expect(await next()).toBe(40)
    await database.pool.query(`select setval('${sequence}', 60, false)`)
    await run([60])
    expect(await next()).toBe(61)
  })

  test('whose numbers another session holds takes them back', async () => {
    const { run, table } = await draws('cache 20')
    const other = await database.pool.connect()
    const insert = async () =>
      (await other.query(`insert into ${table} (name) values ('x') returning id::int`)).rows[0].id
    expect(await insert()).toBe(1)
    expect(await run([5, 7])).toEqual([])
    expect(await insert()).toBeGreaterThan(20)
    expect(await run([100, 120])).toEqual([])
    expect(await insert()).toBeGreaterThan(120)
    other.release()
  })

  test('that is dropped while the importer knows it fails no import', async () => {
    const { run, table, sequence } = await draws('')
    await run([1])
    await database.pool.query(`alter table ${table} alter id drop default; drop sequence ${sequence}`)
    expect(await run([{ id: 2, other: 3 }])).toEqual([])
  })
})

test('a number that the table gives and that is taken is told as what it is', async () => {
  const { table } = await draws('')
  await database.pool.query(`insert into ${table} (id) values (1), (2)`)
  const resource = defineResource(table, {
    table,
    schema: Type.Object({ id: Type.Optional(Type.Integer()), name: Type.String() }),
  })
  const importer = createImporter({ pool: database.pool, resources: [resource] })
  for (const dryRun of [true, false]) {
    const source = [{ name: 'a' }, { id: 2, name: 'b' }]
    const { errors } = await importer.run({ resource: table, source, dryRun })
    expect(errors.map(({ code, field, message }) => [code, field, message])).toEqual([
      ...(dryRun
        ? []
        : [
            [
              'DUPLICATE_ID',
              'id',
              'The table gave this record a number for "id" that is taken: its sequence stands before rows that are there. Move the sequence past them, and send the record again.',
            ],
          ]),
      ['DUPLICATE_ID', 'id', `The same "id" is already in ${table}.`],
    ])
  }
})

test('a dry run knows sequences of every kind, and moves none', async () => {
  for (const options of [
    'increment -1',
    'increment 10 start 7',
    'maxvalue 9 cycle',
    'start 5 minvalue 5 maxvalue 6',
  ]) {
    const { run, position, next } = await draws(options)
    const first = await next()
    const before = await position()
    await run([{ name: 'a' }].slice(options.includes('maxvalue 6') ? 1 : 0), { dryRun: true })
    expect([await position(), first]).toEqual([before, first])
  }
})

test('a sequence of a partitioned table, by way of the table and of a partition', async () => {
  await database.pool.query(`
    create table parts (id bigint generated always as identity, place text not null, primary key (id, place)) partition by list (place);
    create table parts_north partition of parts for values in ('north')`)
  const schema = Type.Object({ id: Type.Integer(), place: Type.String() })
  const resources = ['parts', 'parts_north'].map(table => defineResource(table, { table, schema }))
  const importer = createImporter({ pool: database.pool, resources })
  const insert = async () =>
    (await database.pool.query(`insert into parts (place) values ('north') returning id::int`)).rows[0].id
  const rows = (...ids: number[]) => ids.map(id => ({ id, place: 'north' }))
  await importer.run({ resource: 'parts', source: rows(6) })
  expect(await insert()).toBe(7)
  await importer.run({ resource: 'parts_north', source: rows(20, 9) })
  expect(await insert()).toBe(21)
})

describe('a role that does not own the sequence', () => {
  async function asWriter(options: string, privileges: string) {
    const made = await draws(options)
    await database.pool.query(`grant select, insert on ${made.table} to ${role}`)
    if (privileges !== '')
      await database.pool.query(`grant ${privileges} on sequence ${made.sequence} to ${role}`)
    const url = new URL(database.url)
    url.username = role
    url.password = 'x'
    const pool = new pg.Pool({ connectionString: url.href, max: 1 })
    return {
      ...made,
      async write(...ids: number[]) {
        try {
          return (await made.run(ids, { pool })).map(({ code, detail }) => {
            expect(detail).toContain(`public.${made.sequence}`)
            expect(detail).toContain('"id"')
            return code
          })
        } finally {
          await pool.end()
        }
      },
    }
  }

  test.each([
    ['draws', 'usage', [4, 9_000], [], 9_001],
    ['draws far', 'usage, select', [400_000], [], 400_001],
    ['draws, where it may set', 'update', [4, 9], [], 10],
    ['sets it where it is far, which is told', 'update, select', [400_000], ['SEQUENCE_NOT_LOCKED'], 400_001],
    ['sets it, and draws', 'all', [400_000], ['SEQUENCE_NOT_LOCKED'], 400_001],
    ['may only look', 'select', [4], ['SEQUENCE_NOT_ADVANCED'], 1],
    ['may do nothing', '', [4], ['SEQUENCE_NOT_ADVANCED'], 1],
    ['may only draw, and would for ever', 'usage', [9_000_000_000], ['SEQUENCE_NOT_ADVANCED'], 1],
  ] as [string, string, number[], string[], number][])(
    '%s',
    async (_, privileges, ids, warnings, expected) => {
      const { write, next } = await asWriter('', privileges)
      expect(await write(...ids)).toEqual(warnings)
      expect(await next()).toBe(expected)
    },
  )

  test('is not warned where the sequence is past the values already', async () => {
    const { write, next } = await asWriter('start 50', 'select')
    expect(await write(4)).toEqual([])
    expect(await next()).toBe(50)
  })

  test('cannot take back what sessions hold, which is told', async () => {
    const { write } = await asWriter('cache 20', 'usage')
    expect(await write(4)).toEqual(['SEQUENCE_NOT_LOCKED'])
  })
})

describe('others that draw meanwhile', () => {
  test('never get a number twice, nor one that is imported behind it', async () => {
    const { run, sequence } = await draws('')
    const drawn: number[] = []
    let isOver = false
    const others = [0, 1].map(async () => {
      while (!isOver) {
        const { rows } = await database.pool.query(
          `select nextval('${sequence}')::int as n from generate_series(1, 3)`,
        )
        drawn.push(...rows.map(({ n }) => n))
      }
    })
    for (const id of [1_000_000, 1_000_300, 2_000_000, 2_000_100]) {
      await run([id])
      const after = (await database.pool.query(`select nextval('${sequence}')::int as n`)).rows[0].n
      expect(after).toBeGreaterThan(id)
      drawn.push(after)
    }
    isOver = true
    await Promise.all(others)
    expect(new Set(drawn).size).toBe(drawn.length)
  })

  test('in a transaction that stays open keep the lock away: the sequence is set, which is told, and the import ends', async () => {
    const { run, sequence, next } = await draws('')
    const other = await database.pool.connect()
    await other.query(`begin; select nextval('${sequence}')`)
    expect((await run([400_000])).map(({ code }) => code)).toEqual(['SEQUENCE_NOT_LOCKED'])
    await other.query('commit')
    other.release()
    expect(await next()).toBe(400_001)
  })
})
