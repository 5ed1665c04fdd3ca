// An attempt that follows a stopped one reads on from the checkpoint, and what comes out is as if nothing had happened.
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { isShortRun } from '../../../../../test-support/run-length.ts'
import { type ByteRange, fileStorage, type Job, type Storage } from '../../../src/index.ts'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'
import { files, ndjson, type ResumedFile } from '../../fixtures/jobs-resume-files.ts'
import { bytes, resources } from '../../support.ts'

const harness = jobsHarness()

/** One of each way to resume; the others differ in what decodes them, which unit/format/*.resume.test.ts resumes. */
const inShort = ['CSV', 'NDJSON', 'a JSON array in gzip', 'UTF-16 by its mark', 'a file whose end is broken']

describe.each(files.filter(([name]) => !isShortRun || inShort.includes(name)))('%s', (_, file) => {
  test('gives the same after a stop midway, and is not read twice if that can be avoided', async () => {
    const undisturbed = await submitted(file)
    await harness.workUntil(async () => /completed|failed/.test((await found(undisturbed)).status))
    const expected = await outcomeOf(await found(undisturbed))
    expect(expected.rows.length).toBeGreaterThan(10)
    if (file.warned !== undefined)
      expect(expected.job.warnings).toContainEqual(expect.objectContaining(file.warned))
    await harness.database.pool.query('truncate users cascade')

    const id = await submitted(file)
    const wasHalfWay = async () => ((await harness.jobs.get(id))?.progress.processedRecords ?? 0) >= 12
    await harness.workUntil(wasHalfWay, { storage: silent(fileStorage(harness.folder), file.part ?? 0.6) })
    const checkpoint = await checkpointOf(id)
    expect((await found(id)).warnings.map(({ code }) => code)).not.toContain('MAPPING_UNUSED')
    expect(checkpoint.processed).toBeLessThan(expected.job.progress.processedRecords)

    const { storage, ranges } = watched(fileStorage(harness.folder))
    harness.work({ storage })
    const job = await harness.ended(id)
    // The bytes before it are read for the hash of the whole.
    const { byte } = checkpoint
    const read = file.isPlain ? [{ start: 0, end: byte }, { start: byte }] : [{}]
    // A file that cannot be taken to its end may be a damaged one.
    expect(ranges).toEqual(job.status === 'failed' ? [...read, {}] : read)
    expect(await outcomeOf(job)).toEqual(expected)
  })
})

test('a worker that loses the source twice resumes each time without intervention', async () => {
  const id = await submitted({ format: 'ndjson', source: bytes(ndjson), isPlain: true })
  const { storage, ranges } = watched(breaking(fileStorage(harness.folder), [0.3, 0.7], id))
  harness.work({ storage })
  expect(await harness.ended(id)).toMatchObject({ status: 'completed', progress: { processedRecords: 40 } })
  const starts = ranges.filter(({ end }) => end === undefined).map(({ start = 0 }) => start)
  expect(starts).toHaveLength(3)
  expect(starts[0]).toBe(0)
  expect(starts[1]).toBeGreaterThan(0)
  expect(starts[2]).toBeGreaterThan(starts[1] ?? 0)
})

test('a resource that was changed meanwhile ends the job, and imported rows stay', async () => {
  const id = await submitted({ format: 'ndjson', source: bytes(ndjson), isPlain: true })
  await harness.workUntil(() => isBeyond(id, 6), { storage: silent(fileStorage(harness.folder), 0.5) })
  const before = await outcomeOf(await found(id))
  const changed = resources.map(one => (one.name === 'users' ? { ...one, table: 'public.users' } : one))
  harness.work({ resources: changed })
  const job = await harness.ended(id)
  expect(job).toMatchObject({ status: 'failed', errorCode: 'RESOURCE_CHANGED' })
  expect(job.errorMessage).toContain('The definition of users has changed since this import began')
  expect(job.progress.processedRecords).toBe(before.job.progress.processedRecords)
  expect((await outcomeOf(job)).rows).toEqual(before.rows)
})

test('the same definition, compiled once more, does not count as changed', async () => {
  const id = await submitted({ format: 'ndjson', source: bytes(ndjson), isPlain: true })
  await harness.workUntil(() => isBeyond(id, 6), { storage: silent(fileStorage(harness.folder), 0.5) })
  const { rows } = await harness.database.pool.query('select first_attempt from lading.jobs where id = $1', [
    id,
  ])
  expect(rows[0]?.first_attempt).toMatchObject({ isPlain: true, header: null })
  harness.work()
  expect(await harness.ended(id)).toMatchObject({ status: 'completed', progress: { processedRecords: 40 } })
})

async function submitted({ format, source, settings = {} }: ResumedFile): Promise<string> {
  return (await harness.jobs.submitImport({ resource: 'users', format, source, ...settings })).id
}

async function found(id: string): Promise<Job> {
  const job = await harness.jobs.get(id)
  if (job === undefined) throw new Error('The job is not there.')
  return job
}

/** Everything visible of an import, without what differs each time. */
async function outcomeOf(job: Job) {
  const { status, progress, warnings, errorsByCode, errorCode, errorMessage } = job
  const { rows } = await harness.database.pool.query(
    'select email, name, role, active from users order by email',
  )
  const rejects = await harness.jobs.rejects(job.id)
  const unreached = await harness.jobs.rejects(job.id, { unprocessed: true }).catch(() => undefined)
  return {
    job: { status, progress, warnings, errorsByCode, errorCode, errorMessage },
    rows,
    errors: (await harness.jobs.errors(job.id, { limit: 1_000 })).errors,
    rejects: rejects && (await text(rejects)),
    unreached: unreached && (await text(unreached)),
  }
}

async function checkpointOf(id: string): Promise<{ byte: number; processed: number }> {
  const { rows } = await harness.database.pool.query(
    'select checkpoint_byte, processed from lading.jobs where id = $1',
    [id],
  )
  return { byte: Number(rows[0]?.checkpoint_byte), processed: Number(rows[0]?.processed) }
}

async function isBeyond(id: string, records: number): Promise<boolean> {
  return (await checkpointOf(id)).processed >= records
}

/** Gives the first part of a file, and then nothing more, for ever. */
function silent(storage: Storage, part: number): Storage {
  return {
    ...storage,
    async get(key, range) {
      const size = (await storage.stat(key))?.size ?? 0
      const some = await storage.get(key, { ...range, end: Math.floor(size * part) })
      async function* chunks() {
        yield* some
        await new Promise<never>(() => undefined)
      }
      return Readable.from(chunks())
    },
  }
}

/** Breaks after a part of the file, once for each part and when a batch more is in the table. */
function breaking(storage: Storage, parts: readonly number[], id: string): Storage {
  const left = [...parts]
  return {
    ...storage,
    async get(key, range) {
      // The bytes before a place are read for its hash.
      const part = range?.end === undefined ? left.shift() : undefined
      if (part === undefined) return storage.get(key, range)
      const { processed } = await checkpointOf(id)
      const size = (await storage.stat(key))?.size ?? 0
      const some = await storage.get(key, { ...range, end: Math.floor(size * part) })
      async function* chunks() {
        yield* some
        await expect.poll(() => isBeyond(id, processed + 3), { timeout: 10_000 }).toBe(true)
        throw new Error('The storage went away.')
      }
      return Readable.from(chunks())
    },
  }
}

function watched(storage: Storage): { storage: Storage; ranges: ByteRange[] } {
  const ranges: ByteRange[] = []
  return {
    ranges,
    storage: {
      ...storage,
      get(key, range) {
        ranges.push(range ?? {})
        return storage.get(key, range)
      },
    },
  }
}
