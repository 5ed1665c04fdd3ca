// An upload that turns out to be a bundle → its import jobs.
import { wireName } from '../../config/option-schema.ts'
import { readBundleImportOptions } from '../../engine/import/bundle/bundle-import-options.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { KeyClaim } from '../../jobs/submit/claim-key.ts'
import type { BundleJobs } from '../../jobs/submit/submit-options.ts'
import type { Service } from '../http-service.ts'
import type { HttpRequest } from '../wire/message.ts'
import { type ImportFields, importOptionsOf } from './import-fields.ts'

export interface BundleUpload {
  readonly source: AsyncIterable<Buffer>
  readonly options: ImportFields
  /** Called when the bundle has been read, for form fields that follow it. */
  readonly laterOptions?: () => ImportFields
  readonly claim: KeyClaim | undefined
}

/** @throws LadingError; then no job and no file remains */
export function submitBundle(
  { signal, access }: HttpRequest,
  { jobs, maxFileBytes }: Service,
  { source, options, laterOptions, claim }: BundleUpload,
): Promise<BundleJobs> {
  return jobs.submitBundleImport({
    ...bundleImportOptions(options),
    source,
    caller: access.caller,
    maySee: resource => access.maySee('import', [resource]),
    permit: resources => access.permit(...resources),
    maxBytes: maxFileBytes,
    lateOptions: laterOptions && (() => bundleImportOptions(laterOptions())),
    signal,
    idempotencyKey: claim,
  })
}

/** @throws LadingError `OPTION_INVALID` */
function bundleImportOptions(options: ImportFields) {
  if (options.resource !== undefined) {
    throw new LadingError(
      'OPTION_INVALID',
      'A bundle names its resources itself; leave out the option "resource".',
    )
  }
  const { after, metadata, ...importOptions } = importOptionsOf(options)
  return { ...readBundleImportOptions(importOptions, name => `"${wireName(name)}"`), after, metadata }
}
