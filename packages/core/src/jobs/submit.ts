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
import { begin, withKey } from './begin.ts'
import { endingOf } from './export-file.ts'
import { frozenOptions } from './export-options.ts'
import { checkFileName } from './file-name.ts'
import type { OpenClaim } from './idempotency.ts'
import type { KeyStore } from './idempotency-store.ts'
import type { Job } from './job.ts'
import { isJobId, type JobStore } from './job-store.ts'
import type { ImportNotes, SubmitExport, SubmitImport } from './jobs.ts'
import { checkMetadata } from './metadata.ts'
import type { NewJob } from './new-job.ts'
import { spool } from './spool.ts'

interface Parts {
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
    const job = await begin(wanted, { store, queue }, claim)
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
async function checkedSettings(submit: SubmitImport, importer: ImporterInternals): Promise<ImportSettings> {
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
  const metadata = checkMetadata(submit.metadata)
  const { caller } = submit
  await exporter.check(submit)
  const frozen = frozenOptions(submit)
  const fileName = checkFileName(submit.fileName, endingOf({ resource: name, format, options: frozen }))
  const options = { ...frozen, ...(fileName !== undefined && { fileName }) }
  return begin(
    { id: randomUUID(), kind: 'export', resource: name, format, options, metadata, caller },
    { store, queue },
    claim,
  )
}
