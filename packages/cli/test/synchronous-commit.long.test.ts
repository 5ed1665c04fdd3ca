// SYNCHRONOUS_COMMIT: what commits of the command and of the server wait for, where the environment says so.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startServer } from '../../../examples/reference-server/test/support.ts'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { lading, referenceConfig, tempFile, tempFolder } from './support.ts'

const csv = 'email,name,role,active\na@example.org,A,reader,true\n'
const ask = async (sql: string) => (await database.pool.query(sql)).rows

let database: TestDatabase
beforeEach(async () => {
  database = await createReferenceDatabase()
  await ask(`
    create table levels (level text);
    create function note_level() returns trigger language plpgsql as $$ begin
      insert into levels values (current_setting('synchronous_commit'));
      return null; end $$;
    create trigger note_rows after insert on users for each statement execute function note_level();
    create trigger note_jobs after insert or update on lading.jobs for each row
      when (new.status in ('pending', 'completed')) execute function note_level()`)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await database.drop()
})

const importUsers = async () =>
  lading(['import', await tempFile('users.csv', csv), '--resource', 'users', '--config', referenceConfig], {
    databaseUrl: database.url,
  })

test('lading applies the level to its imports, and rejects a level that waits for nothing', async () => {
  // Without a standby it is the disk of the server that is waited for.
  vi.stubEnv('SYNCHRONOUS_COMMIT', 'remote_write')
  expect((await importUsers()).code).toBe(0)
  expect(await ask('select distinct level from levels')).toEqual([{ level: 'remote_write' }])
  vi.stubEnv('SYNCHRONOUS_COMMIT', 'off')
  expect((await importUsers()).stderr).toContain(
    'SYNCHRONOUS_COMMIT must be one of local, remote_write, on, remote_apply; it is "off".',
  )
})

test('the server applies it to submissions, batches and ends of jobs', async () => {
  const server = await startServer({
    DATABASE_URL: database.url,
    STORAGE_PATH: await tempFolder(),
    SYNCHRONOUS_COMMIT: 'remote_write',
  })
  const sent = { method: 'POST', headers: { 'content-type': 'text/csv' }, body: csv }
  expect((await fetch(`${server.url}/v1/imports?resource=users`, sent)).status).toBe(202)
  const status = async () => (await ask('select status from lading.jobs'))[0]?.status
  await expect.poll(status, { timeout: 20_000 }).toBe('completed')
  expect(await server.stop()).toBe(0)
  const levels = (await ask('select level from levels')).map(({ level }) => level)
  expect(levels.length).toBeGreaterThanOrEqual(3)
  expect(new Set(levels)).toEqual(new Set(['remote_write']))
})
