// The selection of an export job is stored with it, and so is the caller: every attempt uses the same.
import type { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { type Caller, defineResource, Type } from '../../../src/index.ts'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'

const harness = jobsHarness()

/** A role is a tenant here; the principal `nobody` may see nothing, and the scope throws for it. */
const asked: (Caller | undefined)[] = []
const staff = defineResource('staff', {
  table: 'users',
  schema: Type.Object({
    id: Type.Optional(Type.String({ format: 'uuid' })),
    email: Type.String(),
    name: Type.String(),
    role: Type.String(),
    active: Type.Boolean(),
    created_at: Type.Optional(Type.String({ format: 'date-time' })),
  }),
  fields: { role: { hidden: true } },
  scope(caller) {
    asked.push(caller)
    if (caller?.principal === 'nobody') throw new Error('a secret')
    return { role: caller?.tenant ?? 'reader' }
  },
})
const resources = [staff]

async function people() {
  await harness.database.pool.query(`insert into users (email, name, role, active, created_at)
    select 'u' || n || '@x', 'U' || n, case when n % 2 = 0 then 'admin' else 'reader' end, true,
      timestamptz '2024-01-01Z' + n * interval '1 day' from generate_series(1, 9) n`)
}

test('the whole selection and the format of the file', async () => {
  await people()
  harness.work({ resources })
  const { id } = await harness.jobs.submitExport({
    resource: 'staff',
    format: 'csv',
    filters: {
      created_at: { gte: new Date('2024-01-04T00:00:00Z'), lt: '2024-01-10T00:00:00Z' },
      active: true,
    },
    fields: ['name', 'email'],
    sort: '-created_at',
    limit: 2,
    delimiter: ';',
    header: false,
    compression: 'gzip',
    caller: { tenant: 'admin', principal: 'ann' },
  })
  expect(await harness.ended(id)).toMatchObject({ status: 'completed', file: { rows: 2 } })
  const file = await buffer((await harness.jobs.download(id)) as Readable)
  expect(gunzipSync(file).toString()).toBe('U8;u8@x\nU6;u6@x\n')
  const { rows } = await harness.database.pool.query('select tenant, principal, options from lading.jobs')
  expect(rows).toEqual([
    {
      tenant: 'admin',
      principal: 'ann',
      options: {
        filters: {
          created_at: { gte: '2024-01-04T00:00:00.000Z', lt: '2024-01-10T00:00:00Z' },
          active: true,
        },
        fields: ['name', 'email'],
        sort: '-created_at',
        limit: 2,
        delimiter: ';',
        header: false,
        compression: 'gzip',
        kept: { fileExpiryHours: 24 },
      },
    },
  ])
})

test('the scope is called for the same caller when the job is accepted and when it runs', async () => {
  await people()
  harness.work({ resources })
  asked.length = 0
  const { id } = await harness.jobs.submitExport({
    resource: 'staff',
    format: 'csv',
    fields: ['name'],
    caller: { principal: 'bob' },
  })
  await harness.ended(id)
  expect(await text((await harness.jobs.download(id)) as Readable)).toHaveLength(
    'name\n'.length + 5 * 'U1\n'.length,
  )
  expect(asked).toEqual([{ principal: 'bob' }, { principal: 'bob' }])
  const withoutCaller = await harness.jobs.submitExport({ resource: 'staff', format: 'csv' })
  await harness.ended(withoutCaller.id)
  expect(asked.slice(2)).toEqual([undefined, undefined])
})

test('an export whose scope fails is rejected, and no job is left', async () => {
  const jobs = harness.jobsWith({ resources })
  await expect(
    jobs.submitExport({ resource: 'staff', format: 'csv', caller: { principal: 'nobody' } }),
  ).rejects.toMatchObject({ code: 'SCOPE_FAILED' })
  expect((await jobs.list({ kind: 'export' })).jobs).toEqual([])
})

test('a scope that fails when the job runs fails the job, and leaves no file', async () => {
  await people()
  const { id } = await harness.jobsWith({ resources }).submitExport({ resource: 'staff', format: 'csv' })
  await harness.database.pool.query(`update lading.jobs set principal = 'nobody'`)
  harness.work({ resources })
  expect(await harness.ended(id)).toMatchObject({
    status: 'failed',
    errorCode: 'SCOPE_FAILED',
    errorMessage:
      'Nothing was exported from staff: the rows that the caller may see could not be determined.',
    file: null,
  })
})

test('another selection or another caller is another request, for an idempotency key', async () => {
  const jobs = harness.jobsWith({ resources })
  const same = {
    resource: 'staff',
    format: 'csv',
    sort: 'name',
    caller: { tenant: 'admin' },
    idempotencyKey: 'k',
  }
  const first = await jobs.submitExport(same)
  expect((await jobs.submitExport({ ...same, header: true })).id).toBe(first.id)
  for (const other of [
    { sort: '-name' },
    { limit: 1 },
    { header: false },
    { caller: { tenant: 'admin', principal: 'ann' } },
  ]) {
    await expect(jobs.submitExport({ ...same, ...other })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    })
  }
})
