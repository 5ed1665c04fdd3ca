// Migrations: once, by however many processes, from code and from psql alike.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { ladingMigrations, migrate } from '../src/index.ts'
import { repositoryRoot } from './support.ts'

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

test("by default only the schema lading is made: nobody's own tables are touched", async () => {
  await migrate({ pool: database.pool })
  const { rows } = await database.pool.query(
    `select distinct table_schema from information_schema.tables where table_schema not in ('pg_catalog', 'information_schema')`,
  )
  expect(rows).toEqual([{ table_schema: 'lading' }])
})
