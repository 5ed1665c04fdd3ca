// Tables of every type, filled at random, on their way out of PostgreSQL and back: by COPY on one side, by Lading on the other.

import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import fc from 'fast-check'
import type pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { createExporter, createImporter, defineResource, type Resource, Type } from '../../src/index.ts'
import { type ColumnType, ownTypes } from './types.ts'

/** What PostgreSQL's own tool does with a table. */
export interface Copier {
  /** `\copy table to … csv header` */
  out(table: string): Promise<Buffer>
  /** `\copy table from … csv header` */
  in(table: string, file: Buffer): Promise<void>
}

/** COPY, whose bytes are those that `\copy` writes and reads. */
export function serverCopier(pool: pg.Pool): Copier {
  const withClient = async <Result>(work: (client: pg.PoolClient) => Promise<Result>) => {
    const client = await pool.connect()
    try {
      return await work(client)
    } finally {
      client.release()
    }
  }
  return {
    out: table =>
      withClient(client => buffer(client.query(copyTo(`copy ${table} to stdout (format csv, header)`)))),
    in: (table, file) =>
      withClient(async client => {
        const into = client.query(copyFrom(`copy ${table} from stdin (format csv, header)`))
        await pipeline(Readable.from([file]), into)
      }),
  }
}

const tables = ['source', 'target'] as const

export interface Fixture {
  readonly types: readonly ColumnType[]
  readonly source: Resource
  readonly target: Resource
}

const nameOf = (index: number) => `v${index}`

/** Creates the types of the tests, and the extensions that the server has. @returns types that it has */
export async function availableTypes(pool: pg.Pool, types: readonly ColumnType[]) {
  await pool.query(ownTypes)
  const wanted = [...new Set(types.flatMap(({ extension }) => extension ?? []))]
  const { rows } = await pool.query('select name from pg_available_extensions where name = any ($1)', [
    wanted,
  ])
  const found = new Set<string>(rows.map(({ name }) => name))
  for (const name of found) await pool.query(`create extension if not exists ${name}`)
  return types.filter(({ extension }) => extension === undefined || found.has(extension))
}

/** Two tables with a column for each type, and a resource for each of them. */
export async function createTables(pool: pg.Pool, types: readonly ColumnType[]): Promise<Fixture> {
  const columns = types.map(({ type }, index) => `${nameOf(index)} ${type}`)
  for (const table of tables) {
    await pool.query(
      `drop table if exists ${table}; create table ${table} (id int primary key, ${columns.join(', ')})`,
    )
  }
  const properties = types.map(({ field }, index) => [
    nameOf(index),
    Type.Optional(Type.Union([field, Type.Null()])),
  ])
  const schema = Type.Object({ id: Type.Integer(), ...Object.fromEntries(properties) })
  const [source, target] = tables.map(table => defineResource(table, { table, schema }))
  if (source === undefined || target === undefined) throw new Error('Two tables make two resources.')
  return { types, source, target }
}

/** Fills the source, with what PostgreSQL makes of the texts. */
export async function fill(pool: pg.Pool, { types }: Fixture, rows: number, seed: number): Promise<void> {
  await pool.query('truncate source')
  const values = types.map(({ values }) => fc.sample(values, { numRuns: rows, seed }))
  const casts = types.map(({ type }, index) => `${nameOf(index)}::${type}`)
  const given = ['id', ...types.map((_, index) => nameOf(index))]
  const arrays = ['$1::int[]', ...types.map((_, index) => `$${index + 2}::text[]`)]
  await pool.query(
    `insert into source select id, ${casts.join(', ')} from unnest(${arrays.join(', ')}) given(${given.join(', ')})`,
    [Array.from({ length: rows }, (_, index) => index + 1), ...values],
  )
}

/** `\copy` out, Lading in. @returns what differs */
export async function outThenIn(pool: pg.Pool, copier: Copier, { target, types }: Fixture) {
  await pool.query('truncate target')
  const file = await copier.out('source')
  const errors: string[] = []
  await createImporter({ pool, resources: [target] }).run({
    resource: 'target',
    format: 'csv',
    source: file,
    onError: ({ field, message, value }) => errors.push(`${typeOf(types, field)}: ${message} ${value}`),
  })
  return [...errors, ...(await differences(pool, types))]
}

/** What Lading exports of the source. */
export function exported(pool: pg.Pool, { source }: Fixture): Promise<Buffer> {
  const exporter = createExporter({ pool, resources: [source] })
  return buffer(exporter.stream({ resource: 'source', format: 'csv' }))
}

/** Lading out, `\copy` in. @returns what differs */
export async function inThenOut(pool: pg.Pool, copier: Copier, fixture: Fixture) {
  await pool.query('truncate target')
  await copier.in('target', await exported(pool, fixture))
  return differences(pool, fixture.types)
}

function typeOf(types: readonly ColumnType[], field: string | null): string {
  return types.find((_, index) => nameOf(index) === field)?.type ?? String(field)
}

/** Rows that one table has and the other has not, and values that differ as PostgreSQL sends them. */
async function differences(pool: pg.Pool, types: readonly ColumnType[]): Promise<readonly string[]> {
  const { rows: senders } = await pool.query(
    `select a.attname as name, t.typsend::regproc::text as send
    from pg_attribute a join pg_type t on t.oid = a.atttypid where a.attrelid = 'source'::regclass and a.attnum > 1
    order by a.attnum`,
  )
  const tests = senders.map(
    ({ name, send }, index) =>
      `select ${index} as at, id, format('%s', s.${name}) as source, format('%s', t.${name}) as target
      from source s join target t using (id) where ${send}(s.${name}) is distinct from ${send}(t.${name})`,
  )
  const { rows } = await pool.query(
    `select -1 as at, id, s.id::text as source, t.id::text as target
    from source s full join target t using (id) where s.id is null or t.id is null
    union all ${tests.join(' union all ')} limit 20`,
  )
  return rows.map(
    ({ at, id, source, target }) => `${types[at]?.type ?? 'row'} in row ${id}: ${source} became ${target}`,
  )
}
