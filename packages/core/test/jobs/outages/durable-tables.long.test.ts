// A table that does not outlive a crash is noticed in the middle of a job too, and so are tables of our own.
import { expect, test } from 'vitest'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'
import { bytes } from '../../support.ts'

const harness = jobsHarness({ freshDatabase: true })

const line = (n: number) => `{"email":"p${n}@example.org","name":"P","role":"reader","active":true}\n`
const people = bytes(Array.from({ length: 90 }, (_, index) => line(index)).join(''))
const submit = (settings = {}) =>
  harness.jobs.submitImport({ resource: 'users', format: 'ndjson', source: people, ...settings })
const sentence =
  'A table of this import, or one of the schema lading, became UNLOGGED or temporary while the import ran; its records are counted, but a crash would lose them. Set it LOGGED again, and retry the job.'
const ask = async (sql: string) => (await harness.database.pool.query(sql)).rows
const altered = (table: string, how: string) => harness.database.pool.query(`alter table ${table} set ${how}`)

/** Tables that refer to it have to go, or it could not be altered. */
const alone = () => harness.database.pool.query('drop table comments, articles')

test.each([
  ['batch by batch', {}, 90],
  ['as a whole', { atomic: true }, 0],
])(
  'a table that becomes UNLOGGED during a job %s: the job fails, and completes once it is LOGGED again',
  async (_, how, kept) => {
    await alone()
    const { id } = await submit(how)
    const isAmid = async () => ((await harness.jobs.get(id))?.progress.processedRecords ?? 0) >= 9
    const altering = expect.poll(isAmid, { timeout: 20_000, interval: 1 }).toBe(true)
    const done = altering.then(() => altered('users', 'unlogged'))
    harness.work()
    await done
    expect(await harness.ended(id)).toMatchObject({
      status: 'failed',
      errorCode: 'RESOURCE_MISMATCH',
      errorMessage: sentence,
      progress: { successfulRecords: kept },
    })
    expect(await ask('select count(*)::int as count from users')).toEqual([{ count: kept }])
    await altered('users', 'logged')
    await harness.jobs.retry(id)
    expect(await harness.ended(id)).toMatchObject({
      status: 'completed',
      progress: { successfulRecords: 90 },
    })
    expect(await ask('select email from users')).toHaveLength(90)
  },
)

test.each([{}, { atomic: true }, { dryRun: true }])(
  'a job of an UNLOGGED table fails before its first row: %o',
  async settings => {
    await alone()
    const { id } = await submit(settings)
    await altered('users', 'unlogged')
    harness.work()
    expect(await harness.ended(id)).toMatchObject({
      status: 'failed',
      errorCode: 'RESOURCE_MISMATCH',
      errorMessage: expect.stringContaining('ALTER TABLE users SET LOGGED'),
    })
    expect(await ask('select from users')).toEqual([])
  },
)

test.each(['jobs', 'idempotency_keys'])(
  'nothing is accepted and no worker starts while lading.%s is UNLOGGED',
  async table => {
    // What refers to a table must not be LOGGED where the table is not.
    const others = await ask(`select conrelid::regclass::text as name from pg_constraint
      where confrelid = 'lading.${table}'::regclass and conrelid <> confrelid`)
    for (const { name } of others) await altered(name, 'unlogged')
    await altered(`lading.${table}`, 'unlogged')
    const refusal = {
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(`ALTER TABLE lading.${table} SET LOGGED`),
    }
    await expect(submit()).rejects.toMatchObject(refusal)
    await expect(harness.jobs.submitExport({ resource: 'users', format: 'csv' })).rejects.toMatchObject(
      refusal,
    )
    await expect(harness.jobs.work({ signal: AbortSignal.timeout(10_000) })).rejects.toMatchObject(refusal)
    expect(await ask('select from lading.jobs')).toEqual([])
  },
)
