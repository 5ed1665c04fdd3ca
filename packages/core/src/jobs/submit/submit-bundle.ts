// A bundle that is to be made → one export job; a bundle that has come → a chain of import jobs, or nothing at all.
import { randomUUID } from 'node:crypto'
import type { Exporter } from '../../engine/export/create-exporter.ts'
import { readBundleImportOptions } from '../../engine/import/bundle/bundle-import-options.ts'
import { type Unpacked, unpackBundle } from '../../engine/import/bundle/unpack-bundle.ts'
import type { ImporterInternals } from '../../engine/import/internals.ts'
import { checkPolicy } from '../../engine/import/run-import.ts'
import { checkSource } from '../../engine/source/check-source.ts'
import { LadingError } from '../../errors/lading-error.ts'
import { identityOf } from '../../storage/identity.ts'
import type { Storage } from '../../storage/storage.ts'
import { failpoint } from '../../util/failpoint.ts'
import { endingOf, severalResources } from '../store/files/export-file.ts'
import { uploadKey } from '../store/files/storage-keys.ts'
import type { Job } from '../store/job.ts'
import type { JobStore } from '../store/job-store.ts'
import { isUndecided } from '../store/job-transaction.ts'
import type { NewJob } from '../store/new-job.ts'
import type { NewWakeUps } from '../store/wake-ups.ts'
import type { OpenClaim } from './claim-key.ts'
import { checkFileName } from './file-name.ts'
import type { KeyStore } from './idempotency-store.ts'
import { insertChain, insertJob, withKey } from './insert-job.ts'
import { checkMetadata } from './metadata.ts'
import { checkedNotes } from './submit-job.ts'
import type { BundleJobs, SubmitBundleExport, SubmitBundleImport } from './submit-options.ts'

interface Parts {
  readonly importer: ImporterInternals
  readonly exporter: Exporter
  readonly newOutbox: NewWakeUps
  readonly storage: Storage
  readonly store: JobStore
  readonly keys: KeyStore
  readonly leaseSeconds: number
  readonly activeJobsPerCaller: number
  readonly maxWaitingJobs: number | undefined
}

export function submitBundleExport(submit: SubmitBundleExport, parts: Parts): Promise<Job> {
  const { importer, exporter } = parts
  const { format = 'ndjson', caller } = submit
  return withKey(submit, 'export', parts, async claim => {
    const resources = submit.resources ?? importer.registry.all.map(({ name }) => name)
    const metadata = checkMetadata(submit.metadata)
    const resource = severalResources
    const fileName = checkFileName(submit.fileName, endingOf({ resource, format, options: {} }))
    await exporter.checkBundle({ resources, format, caller })
    const options = { resources, ...(fileName !== undefined && { fileName }) }
    const wanted = { kind: 'export', resource, format, options, metadata, caller } as const
    const { job } = await insertJob(wanted, parts, claim)
    return job
  })
}

export function submitBundleImport(submit: SubmitBundleImport, parts: Parts): Promise<BundleJobs> {
  return withKey(submit, 'import', parts, claim => importOnce(submit, parts, claim))
}

async function importOnce(
  submit: SubmitBundleImport,
  parts: Parts,
  claim: OpenClaim | undefined,
): Promise<BundleJobs> {
  const { importer, storage, store } = parts
  const { source, maxBytes, caller, permit, signal } = submit
  checkSource(source, 'bytes')
  readBundleImportOptions(submit)
  await checkedNotes(submit, store)
  const place = await identityOf(storage)
  const keyOf = () => uploadKey(caller?.tenant)
  const unpacked = await unpackBundle({ source, storage, keyOf, maxBytes, caller, permit, signal }, importer)
  // What cannot be deleted now is the janitor's.
  const discard = async () => {
    for (const { stored } of unpacked.files) await storage.delete(stored.key).catch(() => undefined)
  }
  failpoint('after_spool_before_job_row')
  try {
    const later = { ...submit, ...submit.laterSettings?.() }
    const settings = readBundleImportOptions(later)
    for (const { target } of unpacked.files) checkPolicy(target, settings)
    const notes = await checkedNotes(later, store)
    await assertKept(unpacked, storage)
    const jobs = chain(
      unpacked,
      place,
      { ...settings, ...(maxBytes !== undefined && { maxBytes }) },
      { ...notes, caller },
    )
    const { id } = jobs.at(-1) ?? jobs[0]
    const { size, sha256 } = unpacked
    const asked = {
      id,
      kind: 'import',
      format: 'bundle',
      options: settings,
      source: { key: '', size, sha256 },
      caller,
      ...notes,
    } as const
    const begun = await insertChain(jobs, asked, parts, claim)
    if (!begun.isNew) await discard()
    const [first] = begun.jobs
    return { id: first.bundle ?? first.id, jobs: begun.jobs }
  } catch (error) {
    // Where there may be jobs, their files must stay.
    if (!isUndecided(error)) await discard()
    throw error
  }
}

/** An upload may take longer than the janitor leaves a file alone that no job refers to. */
async function assertKept({ files }: Unpacked, storage: Storage): Promise<void> {
  for (const { stored } of files) {
    if ((await storage.stat(stored.key)) !== undefined) continue
    throw new LadingError(
      'SOURCE_UNAVAILABLE',
      'The upload of the bundle took so long that its beginning is no longer kept; send it again, or in parts.',
    )
  }
}

/** One import for each file, behind that of the file before it. */
function chain(
  { files }: Unpacked,
  storage: string | undefined,
  options: NewJob['options'],
  { metadata, after, caller }: Pick<NewJob, 'metadata' | 'after' | 'caller'>,
): readonly [NewJob, ...NewJob[]] {
  const bundle = randomUUID()
  let before = after
  const [first, ...others] = files.map(({ entry: { resource, format }, stored }): NewJob => {
    const id = randomUUID()
    const job: NewJob = {
      id,
      kind: 'import',
      resource,
      format,
      options,
      source: { ...stored, storage },
      metadata,
      caller,
      after: before,
      bundle,
    }
    before = id
    return job
  })
  if (first === undefined) throw new LadingError('BUNDLE_INVALID', 'The bundle holds nothing to import.')
  return [first, ...others]
}
