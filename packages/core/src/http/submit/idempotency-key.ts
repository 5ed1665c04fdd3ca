// The header Idempotency-Key: claimed before the body is read; a repeated request gets the first response again.
import { LadingError } from '../../errors/lading-error.ts'
import type { Job, JobKind } from '../../jobs/store/job.ts'
import type { KeyClaim } from '../../jobs/submit/claim-key.ts'
import type { KnownRequest } from '../../jobs/submit/idempotency-store.ts'
import type { BundleJobs } from '../../jobs/submit/submit-options.ts'
import type { Service } from '../http-service.ts'
import { type HttpRequest, type HttpResponse, header, json } from '../wire/message.ts'
import { acceptedBundle, acceptedJob, selfLink } from '../wire/representation.ts'
import { type ImportFields, importOptionsOf } from './import-fields.ts'

/** Reads a request and submits its job. @throws HttpFault, LadingError; then no job and no file remains */
export type Submit = (
  request: HttpRequest,
  service: Service,
  claim: KeyClaim | undefined,
) => Promise<Job | BundleJobs>

/**
 * The response to a submission. The same key and request get the same response, whatever the status of the job is now.
 *
 * @throws LadingError `IDEMPOTENCY_KEY_INVALID`, `IDEMPOTENCY_IN_PROGRESS`, `IDEMPOTENCY_KEY_REUSED`, and whatever `submit` throws
 */
export async function submitOnce(
  kind: JobKind,
  submit: Submit,
  request: HttpRequest,
  service: Service,
): Promise<HttpResponse> {
  const key = keyOf(request)
  if (key === undefined) return accepted(await submit(request, service, undefined), request)
  const claim = await service.jobs.claimKey(key, kind, { tenant: request.access.tenant })
  try {
    const job = await submit(request, service, claim)
    return accepted(job, request, claim.isReplay ? { 'Idempotency-Replayed': 'true' } : {})
  } finally {
    await claim.release()
  }
}

/**
 * Refuses a different request with the same key, by the options received so far, before the file is read.
 *
 * @throws LadingError `IDEMPOTENCY_KEY_REUSED`
 */
export function assertSameRequest(claim: KeyClaim | undefined, options: ImportFields): void {
  const present = Object.entries(knownRequest(options)).filter(([, value]) => value !== undefined)
  claim?.assertMatches(Object.fromEntries(present))
}

/** The same when no further options can follow and the headers have the size of the file. */
export function assertSameUpload(
  claim: KeyClaim | undefined,
  options: ImportFields,
  request: HttpRequest,
): void {
  // If a parser of the host has read the body, it may have been inflated or otherwise changed.
  const length = request.consumedBody === undefined ? header(request, 'content-length') : undefined
  claim?.assertMatches({ ...knownRequest(options), ...(length !== undefined && { size: Number(length) }) })
}

/** Leaves out what is only detected once the file is read. */
function knownRequest({ encoding: _fromFile, format, ...options }: ImportFields): KnownRequest {
  const { encoding: _unknown, after: _asWritten, compression: _found, ...known } = importOptionsOf(options)
  return { ...known, resource: options.resource, ...(format !== undefined && { format }) }
}

function accepted(
  submission: Job | BundleJobs,
  { mount }: HttpRequest,
  headers: Record<string, string> = {},
): HttpResponse {
  // The job is shown as it was when submitted. When the last import of a bundle has completed, all have.
  const last = 'jobs' in submission ? submission.jobs.at(-1) : submission
  const body =
    'jobs' in submission
      ? acceptedBundle(submission, mount)
      : acceptedJob({ ...submission, status: 'pending', format: submission.submittedFormat }, mount)
  return json(202, body, { ...(last && { Location: selfLink(last, mount) }), ...headers })
}

/**
 * A structured field (RFC 8941, 3.3.3): text in quotes, in which `\` stands before a quote and itself. Most clients
 * send the bare text, which means the same.
 */
function keyOf(request: HttpRequest): string | undefined {
  const value = header(request, 'idempotency-key')?.trim()
  if (!value?.startsWith('"')) return value
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(value)?.[1]
  if (quoted !== undefined) return quoted.replaceAll(/\\(.)/g, '$1')
  throw new LadingError(
    'IDEMPOTENCY_KEY_INVALID',
    'The header Idempotency-Key begins with a quote but is not a quoted string; send it as "key" or as key.',
  )
}
