// An import from a URL → a pending job, after a look at the URL that asks nobody: its worker fetches the file.
import { detectFormat } from '../../engine/format/detect/detect.ts'
import { formatNamed } from '../../engine/format/formats.ts'
import type { RemoteAccess } from '../../engine/source/remote/remote-access.ts'
import { switchedOff, unknownFormat } from '../store/files/remote-source.ts'
import type { Job } from '../store/job.ts'
import type { OpenClaim } from './claim-key.ts'
import { insertJob, withKey } from './insert-job.ts'
import { checkedImportOptions, checkedNotes, type SubmitContext } from './submit-job.ts'
import type { SubmitRemoteImport } from './submit-options.ts'

/** Undefined: nothing is fetched here. */
type RemoteParts = SubmitContext & { readonly remote: RemoteAccess | undefined }

export function submitRemoteImport(submit: SubmitRemoteImport, parts: RemoteParts): Promise<Job> {
  return withKey(submit, 'import', parts, claim => importOnce(submit, parts, claim))
}

async function importOnce(
  submit: SubmitRemoteImport,
  parts: RemoteParts,
  claim: OpenClaim | undefined,
): Promise<Job> {
  const { importer, store, remote } = parts
  const { name } = importer.registry.get(submit.resource)
  const told = submit.format === undefined ? undefined : formatNamed(submit.format).name
  if (remote === undefined) throw switchedOff()
  const url = remote.policy.checkUrl(submit.url)
  const settings = await checkedImportOptions(submit, importer)
  const notes = await checkedNotes(submit, store)
  const options = { ...settings, ...(submit.maxBytes !== undefined && { maxBytes: submit.maxBytes }) }
  const wanted = {
    kind: 'import',
    resource: name,
    format: told ?? formatOf(url),
    options,
    remote: { url: url.href },
    caller: submit.caller,
    ...notes,
  } as const
  const { job } = await insertJob(wanted, parts, claim)
  return job
}

/** `.json` may be an array or lines, which its first byte tells. */
function formatOf({ pathname }: URL): string {
  if (/\.json(?:\.gz)?$/i.test(pathname)) return unknownFormat
  return detectFormat({ fileName: pathname, start: Buffer.alloc(0) })?.format ?? unknownFormat
}
