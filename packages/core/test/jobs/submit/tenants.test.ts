// Jobs of tenants, in a program: their owners, what is restricted to a tenant, and where their files are.
import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { storedFiles } from '../../../../../test-support/stored-files.ts'
import { file, jobsHarness } from '../../fixtures/jobs-harness.ts'
import { bytes } from '../../support.ts'

const harness = jobsHarness()

const ask = async (sql: string, values: unknown[] = []) =>
  (await harness.database.pool.query(sql, values)).rows

const imported = (tenant?: string, more: object = {}) =>
  harness.jobs.submitImport({
    resource: 'users',
    format: 'csv',
    source: bytes(file),
    ...(tenant !== undefined && { caller: { tenant, principal: 'ann' } }),
    ...more,
  })

const exported = (tenant?: string, more: object = {}) =>
  harness.jobs.submitExport({
    resource: 'users',
    format: 'csv',
    ...(tenant !== undefined && { caller: { tenant } }),
    ...more,
  })

test('a job belongs to its caller, and is found within the tenant, or without one', async () => {
  const own = await imported('a')
  const made = await exported('a')
  const nobodys = await imported()
  expect(await ask('select id, tenant, principal from lading.jobs order by number')).toEqual([
    { id: own.id, tenant: 'a', principal: 'ann' },
    { id: made.id, tenant: 'a', principal: null },
    { id: nobodys.id, tenant: '', principal: null },
  ])
  // Version 4: random, so that an id says nothing of others.
  for (const { id } of [own, made, nobodys]) expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab]/)
  const found = async (id: string) => {
    const tenants = [undefined, 'a', 'b', '', 'A', 'a ']
    const jobs = await Promise.all(tenants.map(tenant => harness.jobs.get(id, { tenant })))
    return jobs.map(job => job?.id)
  }
  expect(await found(own.id)).toEqual([own.id, own.id, ...Array(4).fill(undefined)])
  expect(await found(made.id)).toEqual([made.id, made.id, ...Array(4).fill(undefined)])
  const id = nobodys.id
  expect(await found(id)).toEqual([id, undefined, undefined, id, undefined, undefined])
})

test('a list contains the jobs of a tenant and of some resources, or all', async () => {
  const jobs = []
  for (const [tenant, resource] of [
    ['a', 'users'],
    ['b', 'users'],
    ['a', 'articles'],
    [undefined, 'users'],
    ['a', 'users'],
  ] as const) {
    jobs.unshift((await imported(tenant, { resource })).id)
  }
  const [fifth, fourth, third, second, first] = jobs
  const listed = async (options: object) =>
    (await harness.jobs.list({ kind: 'import', ...options })).jobs.map(({ id }) => id)
  expect(await listed({})).toEqual(jobs)
  expect(await listed({ tenant: 'a' })).toEqual([fifth, third, first])
  expect(await listed({ tenant: 'b' })).toEqual([second])
  expect(await listed({ tenant: '' })).toEqual([fourth])
  expect(await listed({ tenant: 'c' })).toEqual([])
  expect(await listed({ resources: ['users'] })).toEqual([fifth, fourth, second, first])
  expect(await listed({ tenant: 'a', resources: ['users', 'comments'] })).toEqual([fifth, first])
  expect(await listed({ resources: [] })).toEqual([])
  expect(await listed({ tenant: 'a', resource: 'articles', resources: ['users'] })).toEqual([])
})

test('one key means one job per tenant', async () => {
  const idempotencyKey = 'k'
  for (const submit of [imported, exported]) {
    const [a, b, withoutTenant] = [
      await submit('a', { idempotencyKey }),
      await submit('b', { idempotencyKey }),
      await submit(undefined, { idempotencyKey }),
    ]
    expect(new Set([a.id, b.id, withoutTenant.id]).size).toBe(3)
    expect((await submit('a', { idempotencyKey })).id).toBe(a.id)
    expect((await submit('b', { idempotencyKey })).id).toBe(b.id)
    expect((await submit(undefined, { idempotencyKey })).id).toBe(withoutTenant.id)
    await ask('delete from lading.idempotency_keys')
  }
})

test('a claim serves submissions of its own tenant only', async () => {
  const claim = await harness.jobs.claimKey('k', 'import', { tenant: 'a' })
  for (const tenant of ['b', undefined]) {
    await expect(imported(tenant, { idempotencyKey: claim })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    })
  }
  const other = await harness.jobs.claimKey('k', 'import', { tenant: 'b' })
  const [a, b] = [
    await imported('a', { idempotencyKey: claim }),
    await imported('b', { idempotencyKey: other }),
  ]
  await claim.release()
  await other.release()
  expect(await ask('select tenant, job_id from lading.idempotency_keys order by tenant')).toEqual([
    { tenant: 'a', job_id: a.id },
    { tenant: 'b', job_id: b.id },
  ])
})

test('a job follows those of its own tenant only', async () => {
  const { id } = await imported('a')
  for (const tenant of ['b', undefined]) {
    await expect(imported(tenant, { after: id })).rejects.toMatchObject({
      code: 'JOB_NOT_FOUND',
      message: 'There is no import with the id that the option "after" names; check the id.',
    })
  }
  expect((await imported('a', { after: id })).after).toBe(id)
})

test('the janitor spares what a running export of a tenant writes, and deletes files of its earlier attempts', async () => {
  // The first 32 digits of the SHA-256 of "a", as sha256sum prints it.
  const folder = 't-ca978112ca1bbdcafac231b39a23dc4d'
  const [own, nobodys, ended] = [await exported('a'), await exported(), await exported('a')]
  await ask(`update lading.jobs set status = 'processing', token = 3 where id = any ($1)`, [
    [own.id, nobodys.id],
  ])
  const kept = [`exports/${folder}/${own.id}/3.users.part`, `exports/${nobodys.id}/3.csv`]
  const left = [
    `exports/${folder}/${own.id}/2.users.part`,
    `exports/${folder}/${ended.id}/3.csv`,
    `exports/${nobodys.id}/33.csv`,
    `exports/${folder}/3.csv`,
    `imports/${folder}/${own.id}/source`,
  ]
  for (const key of [...kept, ...left]) {
    const path = join(harness.folder, key)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, 'x')
    const old = Date.now() / 1000 - 61 * 60
    await utimes(path, old, old)
  }
  expect(await harness.jobs.clean()).toMatchObject({ orphan: left.length })
  const found = await storedFiles(harness.folder)
  expect(
    found.map(entry => join(entry.parentPath, entry.name).slice(harness.folder.length + 1)).sort(),
  ).toEqual([...kept].sort())
})

test('files of a tenant are in its folder', async () => {
  harness.work()
  await harness.ended((await imported('a')).id)
  const { id } = await harness.ended((await exported('a')).id)
  const keys = await ask('select source_key, file_key from lading.jobs order by number')
  expect(keys).toEqual([
    {
      source_key: expect.stringMatching(
        /^imports\/t-ca978112ca1bbdcafac231b39a23dc4d\/[0-9a-f-]{36}\/source$/,
      ),
      file_key: null,
    },
    { source_key: null, file_key: `exports/t-ca978112ca1bbdcafac231b39a23dc4d/${id}/1.csv` },
  ])
})
