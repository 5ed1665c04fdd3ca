// A submission → a pending job, or nothing at all.

import type { Exporter } from '../../engine/export/create-exporter.ts'
import { formatByName } from '../../engine/format/formats.ts'
import { type ImportOptions, readImportOptions } from '../../engine/import/import-options.ts'
import type { ImporterInternals } from '../../engine/import/internals.ts'
import { checkPolicy } from '../../engine/import/run-import.ts'
import { fixedFields } from '../../engine/import/stages/apply-scope-values.ts'
import { scopedTarget } from '../../engine/import/stages/resolve-target.ts'
import type { Caller } from '../../engine/resource/definition.ts'
import type { Field } from '../../engine/resource/field.ts'
import { fieldsInFiles } from '../../engine/resource/fields-in-files.ts'
import { checkMapping } from '../../engine/resource/mapping/mapping.ts'
import { checkSource } from '../../engine/source/check-source.ts'
import { LadingError } from '../../errors/lading-error.ts'
import { withClient } from '../../postgres/pool/checkout.ts'
import { identityOf } from '../../storage/identity.ts'
import type { Storage } from '../../storage/storage.ts'
import { failpoint } from '../../util/failpoint.ts'
import { frozenOptions } from '../store/export-request.ts'
import { endingOf } from '../store/files/export-file.ts'
import type { Job, JobKind } from '../store/job.ts'
import { isJobId } from '../store/job-id.ts'
import type { JobStore } from '../store/job-store.ts'
import { isUndecided } from '../store/job-transaction.ts'
import type { NewJob } from '../store/new-job.ts'
import { type KeyContext, type OpenClaim, withKey } from './claim-key.ts'
import { checkFileName } from './file-name.ts'
import { type InsertContext, insertJob } from './insert-job.ts'
import { checkMetadata } from './metadata.ts'
import { spool } from './spool.ts'
import type { ImportNotes, SubmitExport, SubmitImport } from './submit-options.ts'

export interface SubmitContext extends InsertContext, KeyContext {
  readonly importer: ImporterInternals
}

export function submitImport(
  submit: SubmitImport,
  context: SubmitContext & { readonly storage: Storage },
): Promise<Job> {
  return withKey(submit, 'import', context, claim => importOnce(submit, context, claim))
}

export function submitExport(
  submit: SubmitExport,
  context: SubmitContext & { readonly exporter: Exporter },
): Promise<Job> {
  return withKey(submit, 'export', context, claim => exportOnce(submit, context, claim))
}

async function importOnce(
  submit: SubmitImport,
  context: SubmitContext & { readonly storage: Storage },
  claim: OpenClaim | undefined,
): Promise<Job> {
  const { importer, storage, store } = context
  const names = checkedNames('import', submit, importer)
  checkSource(submit.source, 'bytes')
  await checkedImportOptions(submit, importer)
  await checkedNotes(submit, store)
  const storageId = await identityOf(storage)
  const spooled = await spool(storage, { ...submit, format: names.format })
  const source = { ...spooled, storage: storageId }
  failpoint('after_spool_before_job_row')
  // The janitor deletes what cannot be deleted now.
  const discard = () => storage.delete(source.key).catch(() => undefined)
  try {
    const later = { ...submit, ...submit.lateOptions?.() }
    const importOptions = await checkedImportOptions(later, importer)
    const notes = await checkedNotes(later, store)
    const options = { ...importOptions, ...(submit.maxBytes !== undefined && { maxBytes: submit.maxBytes }) }
    const { caller } = submit
    const { job, isNew } = await insertJob({ ...names, options, source, caller, ...notes }, context, claim)
    if (!isNew) await discard()
    return job
  } catch (error) {
    // If the job may exist, its file must stay.
    if (!isUndecided(error)) await discard()
    throw error
  }
}

/**
 * Rejects options that could never work, before a job exists. @throws LadingError `OPTION_INVALID`, `SCOPE_FAILED` …
 */
export async function checkedImportOptions(
  submit: ImportOptions & { readonly resource: string; readonly caller?: Caller | undefined },
  importer: ImporterInternals,
): Promise<ImportOptions> {
  const importOptions = readImportOptions(submit)
  const resource = importer.registry.get(submit.resource)
  const isScoped = importer.registry.all.some(({ scope }) => scope !== undefined)
  let fixed: readonly Field[] = []
  if (isScoped || (importOptions.onConflict ?? 'error') !== 'error') {
    // Only the catalogue knows whether there is a key: a primary key counts as one.
    await withClient(importer.pool, async client => {
      const target = await scopedTarget(client, resource.name, submit, importer)
      checkPolicy(target, importOptions)
      fixed = fixedFields(target)
    })
  }
  if (importOptions.mapping !== undefined) checkMapping(fieldsInFiles(resource, fixed), importOptions.mapping)
  return importOptions
}

/**
 * Checks metadata and `after`. An import that the caller may not see gets the same answer as one that does not exist.
 *
 * @throws LadingError `OPTION_INVALID`, `JOB_NOT_FOUND`
 */
export async function checkedNotes(
  {
    metadata,
    after,
    caller,
    maySee = async () => true,
  }: ImportNotes & Pick<SubmitImport, 'caller' | 'maySee'>,
  store: JobStore,
): Promise<Pick<NewJob, 'metadata' | 'after'>> {
  const notes = { metadata: checkMetadata(metadata) }
  if (after === undefined) return notes
  if (!isJobId(after)) {
    throw new LadingError('OPTION_INVALID', 'The option "after" must be the id of an import, a UUID.')
  }
  const predecessor = await store.get(after)
  const isOwn = predecessor?.kind === 'import' && predecessor.tenant === (caller?.tenant ?? '')
  if (isOwn && (await maySee(predecessor.resource))) return { ...notes, after: predecessor.id }
  throw new LadingError(
    'JOB_NOT_FOUND',
    'There is no import with the id that the option "after" names; check the id.',
  )
}

async function exportOnce(
  submit: SubmitExport,
  context: SubmitContext & { readonly exporter: Exporter },
  claim: OpenClaim | undefined,
): Promise<Job> {
  const names = checkedNames('export', submit, context.importer)
  const metadata = checkMetadata(submit.metadata)
  const { caller } = submit
  await context.exporter.check(submit)
  const frozenFields = frozenOptions(submit)
  const fileName = checkFileName(submit.fileName, endingOf({ ...names, options: frozenFields }))
  const options = { ...frozenFields, ...(fileName !== undefined && { fileName }) }
  const { job } = await insertJob({ ...names, options, metadata, caller }, context, claim)
  return job
}

/** @throws LadingError `RESOURCE_UNKNOWN`, `FORMAT_UNSUPPORTED` */
function checkedNames(
  kind: JobKind,
  { resource, format }: Pick<SubmitImport | SubmitExport, 'resource' | 'format'>,
  { registry }: ImporterInternals,
): Pick<NewJob, 'kind' | 'resource' | 'format'> {
  return { kind, resource: registry.get(resource).name, format: formatByName(format).name }
}
