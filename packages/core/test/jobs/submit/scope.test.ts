// Import jobs within the scope of their submitter: the caller is stored with the job, and every attempt uses the same one.
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { beforeEach, expect, test } from 'vitest'
import { type Caller, fileStorage, type Storage } from '../../../src/index.ts'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'
import { ofTenant, peopleDdl, peopleOf } from '../../fixtures/scope-fixture.ts'
import { briefly, bytes, rowsOf } from '../../support.ts'

const harness = jobsHarness({ freshDatabase: true })
const asked: (Caller | undefined)[] = []
const people = peopleOf({
  scope: caller => {
    asked.push(caller)
    return ofTenant(caller)
  },
})
const resources = [people]
const ann: Caller = { tenant: '1', principal: 'ann' }

beforeEach(async () => {
  asked.length = 0
  await harness.database.pool.query(`${peopleDdl}
    insert into people (id, tenant_id, email, badge) values (1, 2, 'p7@x', 'B')`)
})

/** 40 people of one tenant: the first has the id of another tenant's, and the seventh an address that one has too. */
const lines = Array.from({ length: 40 }, (_, index) => `${index + 1},p${index + 1}@x`)
const file = bytes(`id,email\n${lines.join('\n')}\n`)

const written = lines.slice(1).map(line => line.replace(/(\d+),(.*)/, '($1,1,$2,,,)'))

const submit = (caller: Caller | undefined, source = file) =>
  harness.jobsWith({ resources }).submitImport({ resource: 'people', format: 'csv', source, caller })

/** Gives the first part of a file, and then nothing more, for ever. */
function silent(storage: Storage): Storage {
  return {
    ...storage,
    async get(key, range) {
      const some = await storage.get(key, { ...range, end: 250 })
      async function* chunks() {
        yield* some
        await new Promise<never>(() => undefined)
      }
      return Readable.from(chunks())
    },
  }
}

test.each<[string, { readonly onConflict?: 'update'; readonly atomic?: boolean }]>([
  ['an import', {}],
  ['an import that updates', { onConflict: 'update' }],
])('%s that is resumed by another worker is for the same caller', async (_, settings) => {
  const { id } = await harness
    .jobsWith({ resources })
    .submitImport({ resource: 'people', format: 'csv', source: file, caller: ann, ...settings })
  const isBegun = async () => ((await harness.jobs.get(id))?.progress.processedRecords ?? 0) >= 6
  await harness.workUntil(isBegun, { resources, storage: silent(fileStorage(harness.folder)) })
  const before = asked.length
  harness.work({ resources })
  expect(await harness.ended(id)).toMatchObject({
    status: 'completed',
    progress: { processedRecords: 40, insertedRecords: 39, failedRecords: 1 },
  })
  expect(asked.length).toBeGreaterThan(before)
  expect(new Set(asked.map(caller => JSON.stringify(caller)))).toEqual(new Set([JSON.stringify(ann)]))
  expect(briefly((await harness.jobs.errors(id)).errors)).toEqual(['2 null CONSTRAINT_VIOLATION'])
  expect(await rowsOf(harness.database.pool, 'people')).toEqual(['(1,2,p7@x,B,,)', ...written])
  const rejects = await harness.jobsWith({ resources }).rejects(id)
  expect(rejects && (await text(rejects))).toContain('1,p1@x')
})

test('an import that the scope rejects leaves neither a job nor a file', async () => {
  await expect(submit(undefined)).rejects.toMatchObject({ code: 'SCOPE_NOT_IMPORTABLE' })
  await expect(submit({ tenant: 'one' })).rejects.toMatchObject({ code: 'SCOPE_FAILED' })
  const { rows } = await harness.database.pool.query('select id from lading.jobs')
  expect(rows).toEqual([])
  const left: unknown[] = []
  for await (const object of fileStorage(harness.folder).list('')) left.push(object)
  expect(left).toEqual([])
})

test('a job whose caller has lost its scope in the meantime fails with nothing written', async () => {
  const { id } = await submit(ann)
  const lost = [peopleOf({ scope: () => ({ tenant_id: [1, 2] }) })]
  harness.work({ resources: lost })
  expect(await harness.ended(id)).toMatchObject({ status: 'failed', errorCode: 'SCOPE_NOT_IMPORTABLE' })
  expect(await rowsOf(harness.database.pool, 'people')).toEqual(['(1,2,p7@x,B,,)'])
})
