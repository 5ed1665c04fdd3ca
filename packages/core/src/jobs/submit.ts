// What is asked → a pending job and its queue message, or nothing at all.
import { randomUUID } from 'node:crypto'
import { LadingError } from '../errors/lading-error.ts'
import type { Exporter } from '../exporter/create-exporter.ts'
import { formatNamed } from '../format/formats.ts'
import type { ImporterInternals } from '../importer/internals.ts'
import { checkPolicy } from '../importer/run.ts'
import { type ImportSettings, readSettings } from '../importer/settings.ts'
import { withClient } from '../postgres/client.ts'
import type { Queue } from '../queue/queue.ts'
import { checkMapping } from '../resource/mapping.ts'
import type { Storage } from '../storage/storage.ts'
import { failpoint } from '../util/failpoint.ts'
import { followUp } from './followers.ts'
import { claimKey, type KeyClaim, type OpenClaim, openClaim } from './idempotency.ts'
import type { KeyStore } from './idempotency-store.ts'
import type { Job, JobKind } from './job.ts'
import { toJob } from './job-row.ts'
import { isJobId, type JobStore } from './job-store.ts'
import type { ImportNotes, SubmitExport, SubmitImport } from './jobs.ts'
import { checkMetadata } from './metadata.ts'
import type { NewJob } from './new-job.ts'
import { createOutbox, messageOf } from './outbox.ts'
import { lockSql } from './retry.ts'
import { spool } from './spool.ts'

export interface Parts {
  readonly importer: ImporterInternals
  readonly queue: Queue
  readonly store: JobStore
  readonly keys: KeyStore
  readonly leaseSeconds: number
}

export function submitImport(
  submit: SubmitImport,
  parts: Parts & { readonly storage: Storage },
): Promise<Job> {
  return withKey(submit.idempotencyKey, 'import', parts, claim => importOnce(submit, parts, claim))
}

export function submitExport(
  submit: SubmitExport,
  parts: Parts & { readonly exporter: Exporter },
): Promise<Job> {
  return withKey(submit.idempotencyKey, 'export', parts, claim => exportOnce(submit, parts, claim))
}

/** A key as text is claimed for this submission only; a claim belongs to its caller. */
export async function withKey(
  key: string | KeyClaim | undefined,
  kind: JobKind,
  { keys, leaseSeconds }: Parts,
  submit: (claim: OpenClaim | undefined) => Promise<Job>,
): Promise<Job> {
  if (key === undefined) return submit(undefined)
  if (typeof key !== 'string') return submit(openClaim(key))
  const claim = await claimKey(key, kind, keys, leaseSeconds)
  try {
    return await submit(openClaim(claim))
  } finally {
    await claim.giveUp()
  }
}

async function importOnce(
  submit: SubmitImport,
  { importer, queue, storage, store }: Parts & { readonly storage: Storage },
  claim: OpenClaim | undefined,
): Promise<Job> {
  const { name } = importer.registry.get(submit.resource)
  const format = formatNamed(submit.format).name
  await checkedSettings(submit, importer)
  await checkedNotes(submit, store)
  const source = await spool(storage, { ...submit, format })
  failpoint('after_spool_before_job_row')
  try {
    const later = { ...submit, ...submit.laterSettings?.() }
    const settings = await checkedSettings(later, importer)
    const notes = await checkedNotes(later, store)
    const options = { ...settings, ...(submit.maxBytes !== undefined && { maxBytes: submit.maxBytes }) }
    const id = randomUUID()
    const wanted: NewJob = { id, kind: 'import', resource: name, format, options, source, ...notes }
    const job = await begin(wanted, store, queue, claim)
    if (job.id !== wanted.id) await storage.delete(source.key)
    return job
  } catch (error) {
    // If the answer to the commit was lost, there may be a job. A file without one is the janitor's.
    const isDecided = !(error instanceof LadingError) || error.code !== 'DATABASE_UNAVAILABLE'
    if (isDecided) await storage.delete(source.key)
    throw error
  }
}

/** @throws LadingError `OPTION_INVALID` for what could never work, before there is a job that says so */
export async function checkedSettings(
  submit: ImportSettings & { readonly resource: string },
  importer: ImporterInternals,
): Promise<ImportSettings> {
  const settings = readSettings(submit)
  const resource = importer.registry.get(submit.resource)
  if (settings.mapping !== undefined) checkMapping(resource, settings.mapping)
  if ((settings.onConflict ?? 'error') !== 'error') {
    // Whether there is a key is the catalogue's to say: a primary key counts as one.
    await withClient(importer.pool, async client => {
      checkPolicy(await importer.targetOf(client, resource.name), settings)
    })
  }
  return settings
}

/** @throws LadingError `OPTION_INVALID` */
export async function checkedNotes(
  { metadata, after }: ImportNotes,
  store: JobStore,
): Promise<Pick<NewJob, 'metadata' | 'after'>> {
  const notes = { metadata: checkMetadata(metadata) }
  if (after === undefined) return notes
  const before = isJobId(after) ? await store.get(after) : undefined
  if (before?.kind === 'import') return { ...notes, after: before.id }
  throw new LadingError(
    'OPTION_INVALID',
    'The option "after" must be the id of an import; none has this one.',
  )
}

async function exportOnce(
  submit: SubmitExport,
  { importer, exporter, queue, store }: Parts & { readonly exporter: Exporter },
  claim: OpenClaim | undefined,
): Promise<Job> {
  const { name } = importer.registry.get(submit.resource)
  const format = formatNamed(submit.format).name
  const filters = submit.filters ?? {}
  const metadata = checkMetadata(submit.metadata)
  await exporter.check({ resource: name, format, filters })
  return begin(
    { id: randomUUID(), kind: 'export', resource: name, format, options: { filters }, metadata },
    store,
    queue,
    claim,
  )
}

/**
 * A queue in the same database gets its message in the transaction that writes the job; any other, right behind it.
 * A job that waits for another one gets its message when that one completes.
 * The same request with the same key is answered with the job that it became before.
 */
export async function begin(
  job: NewJob,
  store: JobStore,
  queue: Queue,
  claim: OpenClaim | undefined,
): Promise<Job> {
  const earlier = claim?.earlierJob(job)
  if (earlier !== undefined) {
    const row = await store.get(earlier)
    if (row !== undefined) return toJob(row)
  }
  const outbox = createOutbox(queue)
  const row = await store.insert(job, async client => {
    await claim?.settle(client, job)
    if (job.after === undefined) return outbox.send(client, messageOf(job))
    // It cannot end before this transaction does; and if it has ended already, its end did not see this job.
    await client.query(lockSql, [job.after])
    return followUp(client, job.after, outbox)
  })
  failpoint('after_job_row_before_enqueue')
  await outbox.flush().catch(async (error: unknown) => {
    // Whoever is told that it failed sends it again; so it must not be done, unless somebody has begun it.
    if (await store.withdraw(job.id)) throw error
  })
  return toJob(row)
}
