// Bundles that are taken back as a chain of imports: all of its jobs, or none and no file.
import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { createReferenceDatabase } from '../../../../../test-support/database.ts'
import { storedFiles } from '../../../../../test-support/stored-files.ts'
import {
  createExporter,
  createImporter,
  createJobs,
  fileStorage,
  type Job,
  type Jobs,
  memoryStorage,
  postgresQueue,
  type Storage,
} from '../../../src/index.ts'
import { allRows, entriesOf, plantRows } from '../../fixtures/bundle-fixture.ts'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'
import { resources } from '../../support.ts'

const harness = jobsHarness()

const files = (folder = harness.folder) => storedFiles(folder)

const jobCount = async () => (await harness.database.pool.query('select from lading.jobs')).rowCount

/** A bundle of the content of the database. */
async function bundle(options = {}): Promise<Buffer> {
  const { id } = await harness.jobs.submitBundleExport(options)
  await harness.ended(id)
  return buffer((await harness.jobs.download(id)) as Readable)
}

async function chainEnded(jobs: Jobs, submitted: readonly Job[]): Promise<readonly Job[]> {
  const ended: Job[] = []
  for (const { id } of submitted) {
    await expect
      .poll(async () => (await jobs.get(id))?.status, { timeout: 20_000 })
      .toMatch(/completed|failed/)
    ended.push((await jobs.get(id)) as Job)
  }
  return ended
}

describe('a bundle of all resources', () => {
  test.each(['ndjson', 'csv'])(
    'of %s, exported and imported into an empty database, gives identical tables',
    async format => {
      await plantRows(harness.database.pool, 400)
      harness.work()
      const made = await bundle({ format })
      expect(await files()).toHaveLength(1)

      const empty = await createReferenceDatabase()
      const { pool } = empty
      const queue = postgresQueue()
      const storage = memoryStorage()
      const jobs = createJobs({
        importer: createImporter({ pool, resources }),
        exporter: createExporter({ pool, resources }),
        queue,
        storage,
      })
      const stopping = new AbortController()
      const working = jobs.work({ signal: stopping.signal })
      const begun = await jobs.submitBundleImport({ source: made })
      const ended = await chainEnded(jobs, begun.jobs)
      expect(
        ended.map(({ resource, status, progress }) => [resource, status, progress.insertedRecords]),
      ).toEqual([
        ['users', 'completed', 400],
        ['articles', 'completed', 400],
        ['comments', 'completed', 400],
      ])
      expect(ended.map(({ after, bundle }) => [after, bundle])).toEqual([
        [null, begun.id],
        [ended[0]?.id, begun.id],
        [ended[1]?.id, begun.id],
      ])
      expect(await allRows(pool)).toEqual(await allRows(harness.database.pool))
      stopping.abort()
      await working
      await queue.close?.()
      await empty.drop()
    },
  )
})

describe('the import', () => {
  /** Two resources of five rows, and the same database without them. */
  async function made(): Promise<Buffer> {
    await plantRows(harness.database.pool, 5)
    harness.work()
    const archive = await bundle({ resources: ['users', 'articles'] })
    await harness.stop()
    await harness.database.pool.query('truncate comments, articles, users; delete from lading.jobs')
    await harness.forgetFiles()
    return archive
  }

  test('waits for another import, on request', async () => {
    const source = await made()
    const first = await harness.jobs.submitImport({
      resource: 'users',
      format: 'ndjson',
      source: Buffer.from(''),
    })
    const { jobs } = await harness.jobs.submitBundleImport({ source, after: first.id })
    expect(jobs.map(({ after }) => after)).toEqual([first.id, jobs[0]?.id])
    await harness.jobs.cancel(first.id)
    const ended = await chainEnded(harness.jobs, jobs)
    expect(ended.map(({ errorCode }) => errorCode)).toEqual(['AFTER_FAILED', 'AFTER_FAILED'])
  })

  test('is all of its jobs or none: a full queue leaves neither jobs nor files', async () => {
    const source = await made()
    const jobs = harness.jobsWith({ maxWaitingJobs: 1 })
    await jobs.submitImport({ resource: 'users', format: 'ndjson', source: Buffer.from('') })
    const [kept, jobsBefore] = [await files(), await jobCount()]
    await expect(jobs.submitBundleImport({ source })).rejects.toMatchObject({ code: 'QUEUE_FULL' })
    expect([await files(), await jobCount()]).toEqual([kept, jobsBefore])
  })

  test('leaves nothing if the storage fails midway, or its client disconnects', async () => {
    const source = await made()
    const storage = fileStorage(harness.folder)
    let puts = 0
    const breaking: Storage = {
      ...storage,
      put(...args) {
        puts++
        return puts === 2 ? Promise.reject(new Error('disk')) : storage.put(...args)
      },
    }
    await expect(harness.jobsWith({ storage: breaking }).submitBundleImport({ source })).rejects.toThrow(
      'disk',
    )
    expect([puts, await files(), await jobCount()]).toEqual([2, [], 0])

    const leaving = new AbortController()
    const slow: Storage = {
      ...storage,
      async put(...args) {
        const stored = await storage.put(...args)
        leaving.abort()
        return stored
      },
    }
    const submitting = harness
      .jobsWith({ storage: slow })
      .submitBundleImport({ source, signal: leaving.signal })
    await expect(submitting).rejects.toThrow()
    expect([await files(), await jobCount()]).toEqual([[], 0])
  })

  test('with the same key is the same jobs, also after one of them was retried', async () => {
    const source = await made()
    const idempotencyKey = randomUUID()
    const submit = () => harness.jobs.submitBundleImport({ source, idempotencyKey })
    const all = await Promise.allSettled([submit(), submit(), submit(), submit()])
    const begun = all.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []))
    const refused = all.flatMap(one => (one.status === 'rejected' ? [one.reason.code] : []))
    expect(new Set(refused)).toEqual(new Set(refused.length > 0 ? ['IDEMPOTENCY_IN_PROGRESS'] : []))
    expect(await jobCount()).toBe(2)
    expect(new Set(begun.map(({ id }) => id)).size).toBe(1)
    harness.work()
    await chainEnded(harness.jobs, begun[0]?.jobs ?? [])
    const again = await submit()
    expect(again.jobs.map(({ id, status }) => [id, status])).toEqual(
      begun[0]?.jobs.map(({ id }) => [id, 'completed']),
    )
    expect(await files()).toHaveLength(2)
  })

  test('of a bundle whose resources are in another order is done in the order of their references', async () => {
    const source = await made()
    const [, ...names] = (await entriesOf(source)).map(([name]) => name)
    expect(names).toEqual(['users.ndjson', 'articles.ndjson'])
    const reversed = createImporter({ pool: harness.database.pool, resources: resources.toReversed() })
    const opened = await reversed.openBundle({ source })
    expect(opened.entries.map(({ resource }) => resource)).toEqual(['users', 'articles'])
    await opened.close()
  })
})
