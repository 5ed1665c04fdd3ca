// Commands that meet a database which is not there yet.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { lateDatabase } from '../../../test-support/late-database.ts'
import { callLading, referenceConfig, tempFile } from './support.ts'

const file = 'email,name,role,active\nann@example.com,Ann,admin,true\n'

let database: TestDatabase
beforeEach(async () => {
  database = await createReferenceDatabase()
})
afterEach(() => database.drop())

test('an import waits for a database in recovery, reports the wait, and ends with 0', async () => {
  const late = await lateDatabase(database.url, 'recovered')
  const args = [
    'import',
    await tempFile('users.csv', file),
    '--resource',
    'users',
    '--config',
    referenceConfig,
  ]
  const outcome = callLading(args, { databaseUrl: late.url })
  await expect.poll(late.refused, { timeout: 30_000 }).toBeGreaterThan(0)
  await late.open()
  expect(await outcome).toMatchObject({
    code: 0,
    stderr: 'lading: The database is starting or recovering; waiting for up to 60 s.\n',
  })
  const { rows } = await database.pool.query('select email from users')
  expect(rows).toEqual([{ email: 'ann@example.com' }])
  await late.close()
})

test('an export from a port that refuses connections ends with 1 at once', async () => {
  const late = await lateDatabase(database.url, 'listening')
  const args = ['export', '--resource', 'users', '--format', 'csv', '--config', referenceConfig]
  const { code, stderr } = await callLading(args, { databaseUrl: late.url })
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringContaining('The database cannot be reached; check its address, that it runs'),
  })
})
