// Migrations: once, by however many processes, from code and from psql alike.
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { ladingMigrations, migrate } from '../../src/index.ts'
import { repositoryRoot } from '../support.ts'

const folders = [ladingMigrations(), join(repositoryRoot, 'migrations', 'reference')]

let database: TestDatabase
beforeEach(async () => {
  database = await createDatabase()
})
afterEach(() => database.drop())

async function names(): Promise<string[]> {
  const found = await Promise.all(
    folders.map(async folder =>
      (await readdir(folder)).map(name => `${folder.split('/').at(-1)}/${name.replace('.sql', '')}`),
    ),
  )
  return found.flat()
}

test('eight at once on an empty database all succeed, and each migration is applied by one of them', async () => {
  const pools = Array.from({ length: 8 }, () => {
    const pool = new pg.Pool({ connectionString: database.url, max: 1 })
    // The database is dropped while the last connections are still closing.
    return pool.on('error', () => undefined)
  })
  const results = await Promise.all(pools.map(pool => migrate({ pool, folders })))
  await Promise.all(pools.map(pool => pool.end()))
  expect(results.flatMap(({ applied }) => applied).sort()).toEqual((await names()).sort())
})

test('a second call finds nothing to do', async () => {
  await migrate({ pool: database.pool, folders })
  expect(await migrate({ pool: database.pool, folders })).toEqual({ applied: [], present: await names() })
})

test('after the files were run by themselves, as psql -f does, it finds nothing to do; and the files may run again', async () => {
  for (const folder of folders) {
    for (const name of (await readdir(folder)).sort()) {
      const sql = await readFile(join(folder, name), 'utf8')
      await database.pool.query(sql)
      await database.pool.query(sql)
    }
  }
  expect((await migrate({ pool: database.pool, folders })).applied).toEqual([])
})

test('by default only the schema lading is created, and no other tables are touched', async () => {
  await migrate({ pool: database.pool })
  const { rows } = await database.pool.query(
    `select distinct table_schema from information_schema.tables where table_schema not in ('pg_catalog', 'information_schema')`,
  )
  expect(rows).toEqual([{ table_schema: 'lading' }])
})

const digest = (sql: string) => createHash('sha256').update(sql).digest('hex')
const recorded = async () =>
  (await database.pool.query('select name, sha256 from lading.migrations order by name')).rows

describe('a database of another build', () => {
  const refusal = (name: string) => ({
    code: 'CONFIG_INVALID',
    message: `The schema "lading" of this database was made by another build (${name} differs): use the matching build, or run "drop schema lading cascade", which deletes all jobs, and migrate again.`,
  })

  test('each file is recorded with its SHA-256, also after psql has run it', async () => {
    const sql = await readFile(join(ladingMigrations(), '001_initial_schema.sql'), 'utf8')
    await database.pool.query(sql)
    expect(await recorded()).toEqual([{ name: 'lading/001_initial_schema', sha256: null }])
    await migrate({ pool: database.pool })
    expect(await recorded()).toEqual([{ name: 'lading/001_initial_schema', sha256: digest(sql) }])
  })

  test('a schema created by another version of a file is rejected, and nothing is changed', async () => {
    await migrate({ pool: database.pool })
    await database.pool.query(`update lading.migrations set sha256 = repeat('0', 64)`)
    await expect(migrate({ pool: database.pool, folders })).rejects.toMatchObject(
      refusal('lading/001_initial_schema'),
    )
    expect(await recorded()).toEqual([{ name: 'lading/001_initial_schema', sha256: '0'.repeat(64) }])
  })

  test('a schema with a file that this build does not have is rejected', async () => {
    await migrate({ pool: database.pool })
    await database.pool.query(
      `insert into lading.migrations (name) values ('lading/002_later'), ('mine/001_x')`,
    )
    await expect(migrate({ pool: database.pool })).rejects.toMatchObject(refusal('lading/002_later'))
  })

  test('a schema of a build that recorded names only is rejected', async () => {
    await database.pool.query(`
      create schema lading;
      create table lading.migrations (name text primary key, applied_at timestamptz not null default now());
      insert into lading.migrations (name) values ('lading/001_initial_schema')`)
    await expect(migrate({ pool: database.pool })).rejects.toMatchObject(refusal('lading/001_initial_schema'))
    await database.pool.query('drop schema lading cascade')
    expect((await migrate({ pool: database.pool })).applied).toEqual(['lading/001_initial_schema'])
  })
})
