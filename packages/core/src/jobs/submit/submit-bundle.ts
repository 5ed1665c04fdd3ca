// A bundle export → one export job; an uploaded bundle → a chain of import jobs, or nothing at all.
import { randomUUID } from 'node:crypto'
import type { Exporter } from '../../engine/export/create-exporter.ts'
import { readBundleImportOptions } from '../../engine/import/bundle/bundle-import-options.ts'
import { type UnpackedBundle, unpackBundle } from '../../engine/import/bundle/unpack-bundle.ts'
import { checkPolicy } from '../../engine/import/run-import.ts'
import { checkSource } from '../../engine/source/check-source.ts'
import { LadingError } from '../../errors/lading-error.ts'
import { identityOf } from '../../storage/identity.ts'
import type { Storage } from '../../storage/storage.ts'
import { failpoint } from '../../util/failpoint.ts'
import { endingOf, severalResources } from '../store/files/export-file.ts'
import { uploadKey } from '../store/files/storage-keys.ts'
import type { Job } from '../store/job.ts'
import { isUndecided } from '../store/job-transaction.ts'
import type { NewJob } from '../store/new-job.ts'
import { type OpenClaim, withKey } from './claim-key.ts'
import { checkFileName } from './file-name.ts'
import { insertChain, insertJob } from './insert-job.ts'
import { checkMetadata } from './metadata.ts'
import { checkedNotes, type SubmitContext } from './submit-job.ts'
import type { BundleJobs, SubmitBundleExport, SubmitBundleImport } from './submit-options.ts'

interface BundleContext extends SubmitContext {
  readonly exporter: Exporter
  readonly storage: Storage
}

export function submitBundleExport(submit: SubmitBundleExport, context: BundleContext): Promise<Job> {
  const { importer, exporter } = context
  const { format = 'ndjson', caller } = submit
  return withKey(submit, 'export', context, async claim => {
    const resources = submit.resources ?? importer.registry.all.map(({ name }) => name)
    const metadata = checkMetadata(submit.metadata)
    const resource = severalResources
    const fileName = checkFileName(submit.fileName, endingOf({ resource, format, options: {} }))
    await exporter.checkBundle({ resources, format, caller })
    const options = { resources, ...(fileName !== undefined && { fileName }) }
    const newJob = { kind: 'export', resource, format, options, metadata, caller } as const
    const { job } = await insertJob(newJob, context, claim)
    return job
  })
}

export function submitBundleImport(submit: SubmitBundleImport, context: BundleContext): Promise<BundleJobs> {
  return withKey(submit, 'import', context, claim => importOnce(submit, context, claim))
}

async function importOnce(
  submit: SubmitBundleImport,
  context: BundleContext,
  claim: OpenClaim | undefined,
): Promise<BundleJobs> {
  const { importer, storage, store } = context
  const { source, maxBytes, caller, permit, signal } = submit
  checkSource(source, 'bytes')
  readBundleImportOptions(submit)
  await checkedNotes(submit, store)
  const storageId = await identityOf(storage)
  const keyOf = () => uploadKey(caller?.tenant)
  const unpacked = await unpackBundle({ source, storage, keyOf, maxBytes, caller, permit, signal }, importer)
  // The janitor deletes what cannot be deleted now.
  const discard = async () => {
    for (const { stored } of unpacked.files) await storage.delete(stored.key).catch(() => undefined)
  }
  failpoint('after_spool_before_job_row')
  try {
    const later = { ...submit, ...submit.lateOptions?.() }
    const importOptions = readBundleImportOptions(later)
    for (const { target } of unpacked.files) checkPolicy(target, importOptions)
    const notes = await checkedNotes(later, store)
    await assertStillStored(unpacked, storage)
    const jobs = chain(
      unpacked,
      storageId,
      { ...importOptions, ...(maxBytes !== undefined && { maxBytes }) },
      { ...notes, caller },
    )
    const { id } = jobs.at(-1) ?? jobs[0]
    const { size, sha256 } = unpacked
    const request = {
      id,
      kind: 'import',
      format: 'bundle',
      options: importOptions,
      source: { key: '', size, sha256 },
      caller,
      ...notes,
    } as const
    const inserted = await insertChain(jobs, request, context, claim)
    if (!inserted.isNew) await discard()
    const [first] = inserted.jobs
    return { id: first.bundle ?? first.id, jobs: inserted.jobs }
  } catch (error) {
    // If the jobs may exist, their files must stay.
    if (!isUndecided(error)) await discard()
    throw error
  }
}

/** The janitor may have deleted the first files during a long upload, because no job refers to them yet. */
async function assertStillStored({ files }: UnpackedBundle, storage: Storage): Promise<void> {
  for (const { stored } of files) {
    if ((await storage.stat(stored.key)) !== undefined) continue
    throw new LadingError(
      'SOURCE_UNAVAILABLE',
      'The upload of the bundle took so long that its first files are no longer stored; send it again, or in parts.',
    )
  }
}

/** One import per file, each waiting for the one before it. */
function chain(
  { files }: UnpackedBundle,
  storage: string | undefined,
  options: NewJob['options'],
  { metadata, after, caller }: Pick<NewJob, 'metadata' | 'after' | 'caller'>,
): readonly [NewJob, ...NewJob[]] {
  const bundle = randomUUID()
  let predecessor = after
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
      after: predecessor,
      bundle,
    }
    predecessor = id
    return job
  })
  if (first === undefined) throw new LadingError('BUNDLE_INVALID', 'The bundle holds nothing to import.')
  return [first, ...others]
}
