// The header Idempotency-Key: claimed before the body is read, answered again with what the first request got.
import { LadingError } from '../../errors/lading-error.ts'
import type { Job, JobKind } from '../../jobs/store/job.ts'
import type { KeyClaim } from '../../jobs/submit/claim-key.ts'
import type { KnownRequest } from '../../jobs/submit/idempotency-store.ts'
import type { BundleJobs } from '../../jobs/submit/submit-options.ts'
import type { Service } from '../service.ts'
import { type HttpRequest, type HttpResponse, header, json } from '../wire/message.ts'
import { acceptedBundle, acceptedJob, selfLink } from '../wire/representation.ts'
import { type ImportFields, importOptionsOf } from './import-fields.ts'

/**
 * The answer to a submission. The same key and the same request get the same answer, whatever has become of the job.
 *
 * @throws LadingError `IDEMPOTENCY_KEY_INVALID`, `IDEMPOTENCY_IN_PROGRESS`, `IDEMPOTENCY_KEY_REUSED`, and whatever `submit` throws
 */
export async function submitted(
  request: HttpRequest,
  { jobs }: Service,
  kind: JobKind,
  submit: (claim: KeyClaim | undefined) => Promise<Job | BundleJobs>,
): Promise<HttpResponse> {
  const key = keyOf(request)
  if (key === undefined) return accepted(await submit(undefined), request)
  const claim = await jobs.claimKey(key, kind, { tenant: request.access.tenant })
  try {
    const job = await submit(claim)
    return accepted(job, request, claim.isReplay ? { 'Idempotency-Replayed': 'true' } : {})
  } finally {
    await claim.giveUp()
  }
}

/**
 * Refuses, before the file is read, what the options that have come so far show to be another request.
 *
 * @throws LadingError `IDEMPOTENCY_KEY_REUSED`
 */
export function expectSame(claim: KeyClaim | undefined, options: ImportFields): void {
  const given = Object.entries(seen(options)).filter(([, value]) => value !== undefined)
  claim?.expect(Object.fromEntries(given))
}

/** The same where no further options can come, and the headers tell the size of the file. */
export function expectWhole(claim: KeyClaim | undefined, options: ImportFields, request: HttpRequest): void {
  // What a parser of the host has read may have been compressed, or have become other bytes.
  const length = request.readBefore === undefined ? header(request, 'content-length') : undefined
  claim?.expect({ ...seen(options), ...(length !== undefined && { size: Number(length) }) })
}

/** What is found out from the file is not known yet. */
function seen({ encoding: _fromTheFile, format, ...options }: ImportFields): KnownRequest {
  const { encoding: _unknown, after: _asWritten, compression: _found, ...settings } = importOptionsOf(options)
  return { ...settings, resource: options.resource, ...(format !== undefined && { format }) }
}

function accepted(
  submission: Job | BundleJobs,
  { mount }: HttpRequest,
  headers: Record<string, string> = {},
): HttpResponse {
  // As it was when it was submitted. When the last import of a bundle has completed, all have.
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
    'The header Idempotency-Key begins with a quote and is no quoted text; send it as "key" or as key.',
  )
}
