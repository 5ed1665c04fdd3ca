// An import from a URL → a pending job. The URL is checked without network access; a worker fetches the file.
import { detectFormat } from '../../engine/format/detect/detect.ts'
import { formatByName } from '../../engine/format/formats.ts'
import type { RemoteAccess } from '../../engine/source/remote/remote-access.ts'
import { remoteImportsDisabled, unknownFormat } from '../store/files/remote-source.ts'
import type { Job } from '../store/job.ts'
import { type OpenClaim, withKey } from './claim-key.ts'
import { insertJob } from './insert-job.ts'
import { checkedImportOptions, checkedNotes, type SubmitContext } from './submit-job.ts'
import type { SubmitRemoteImport } from './submit-options.ts'

/** `remote` is undefined if imports from URLs are disabled. */
type RemoteSubmitContext = SubmitContext & { readonly remote: RemoteAccess | undefined }

export function submitRemoteImport(submit: SubmitRemoteImport, context: RemoteSubmitContext): Promise<Job> {
  return withKey(submit, 'import', context, claim => importOnce(submit, context, claim))
}

async function importOnce(
  submit: SubmitRemoteImport,
  context: RemoteSubmitContext,
  claim: OpenClaim | undefined,
): Promise<Job> {
  const { importer, store, remote } = context
  const { name } = importer.registry.get(submit.resource)
  const format = submit.format === undefined ? undefined : formatByName(submit.format).name
  if (remote === undefined) throw remoteImportsDisabled()
  const url = remote.policy.checkUrl(submit.url)
  const importOptions = await checkedImportOptions(submit, importer)
  const notes = await checkedNotes(submit, store)
  const options = { ...importOptions, ...(submit.maxBytes !== undefined && { maxBytes: submit.maxBytes }) }
  const newJob = {
    kind: 'import',
    resource: name,
    format: format ?? formatOf(url),
    options,
    remote: { url: url.href },
    caller: submit.caller,
    ...notes,
  } as const
  const { job } = await insertJob(newJob, context, claim)
  return job
}

/** A `.json` file may be an array or lines; only its first byte shows which. */
function formatOf({ pathname }: URL): string {
  if (/\.json(?:\.gz)?$/i.test(pathname)) return unknownFormat
  return detectFormat({ fileName: pathname, start: Buffer.alloc(0) })?.format ?? unknownFormat
}
