// lading export --all of a table that refers to itself, and lading import of what it makes.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createDatabase } from '../../../test-support/database.ts'
import { lading, tempFolder } from './support.ts'

const config = ['--config', fileURLToPath(new URL('./staff.config.ts', import.meta.url))]

test.each(['ndjson', 'csv'])('staff with managers come back unchanged from %s', async format => {
  const { pool, url: databaseUrl, drop } = await createDatabase()
  // By id, all employees come before their managers.
  await pool.query(`
    create table staff (id uuid primary key, name text not null, manager_id uuid references staff (id));
    with numbered as (select n, lpad(to_hex(n), 32, '0')::uuid as id from generate_series(1, 200) n)
    insert into staff select one.id, 'N' || one.n, manager.id from numbered one
    left join numbered manager on manager.n = one.n + 1 + one.n % 5 order by one.n % 7, one.n`)
  const rows = async () => (await pool.query('select * from staff order by id')).rows
  const before = await rows()
  const output = join(await tempFolder(), 'backup.tar.gz')
  const exported = await lading(['export', '--all', '--format', format, '-o', output, ...config], {
    databaseUrl,
  })
  expect(exported.code).toBe(0)
  await pool.query('truncate staff')
  const { code, stderr, stdout } = await lading(['import', output, ...config], { databaseUrl })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain('imported   200\n')
  expect(await rows()).toEqual(before)
  await drop()
})
