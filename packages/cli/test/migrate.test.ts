// lading migrate: once, again, by many at once, and with a configuration or without.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { callLading, lading, outcomeOf, referenceConfig, startLading, tempFolder } from './support.ts'

/** The migrations as the repository has them, in the order in which they are applied. */
const own = ['lading/001_initial_schema']
const all = [...own, 'reference/001_initial_schema']
const reported = (what: string, names: readonly string[]) =>
  names.map(name => `${what.padEnd(15)}${name}\n`).join('')

const reference = ['migrate', '--config', referenceConfig]
let database: TestDatabase

beforeEach(async () => {
  database = await createDatabase()
})
afterEach(() => database.drop())

it('applies missing migrations, and none the second time', async () => {
  const first = await lading(reference, { databaseUrl: database.url })
  expect(first).toEqual({
    code: 0,
    stdout: `${reported('applied', all)}${all.length} migrations applied.\n`,
    stderr: '',
  })

  const second = await callLading(reference, { databaseUrl: database.url })
  expect(second).toEqual({
    code: 0,
    stdout: `${reported('there already', all)}Nothing to do: the database is up to date.\n`,
    stderr: '',
  })
})

it('lets eight runs start at once, of which one does the work', async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 8 }, () => callLading(reference, { databaseUrl: database.url })),
  )
  expect(outcomes.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
    outcomes.map(() => ({ code: 0, stderr: '' })),
  )
  expect(outcomes.filter(({ stdout }) => stdout.includes(`${all.length} migrations applied.`))).toHaveLength(
    1,
  )
  expect(outcomes.filter(({ stdout }) => stdout.includes('Nothing to do'))).toHaveLength(7)
})

it("applies only Lading's own without a configuration, and reports that", async () => {
  const { code, stdout, stderr } = await lading(['migrate'], {
    databaseUrl: database.url,
    cwd: await tempFolder(),
  })
  expect(code).toBe(0)
  expect(stdout).toBe(`${reported('applied', own)}1 migration applied.\n`)
  expect(stderr).toBe(
    "lading: No lading.config.ts in this folder, so only Lading's own migrations are applied.\n",
  )
})

it('prefers the URL of --database-url to that of the environment', async () => {
  const args = [...reference, '--database-url', database.url]
  const { code } = await callLading(args, { databaseUrl: 'postgresql://nobody@127.0.0.1:1/none' })
  expect(code).toBe(0)
})

it('ends at SIGINT even while it waits for another process', async () => {
  const holder = await database.pool.connect()
  await holder.query('select pg_advisory_lock(5120184216)')
  const child = startLading(reference, { databaseUrl: database.url })
  const outcome = outcomeOf(child)
  const waiting = `select from pg_locks where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())`
  await expect.poll(async () => (await database.pool.query(waiting)).rowCount, { timeout: 20_000 }).toBe(1)
  child.kill('SIGINT')
  expect(await outcome).toEqual({ code: 130, stdout: '', stderr: 'lading: Interrupted.\n' })
  holder.release(true)
})
