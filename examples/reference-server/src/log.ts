// JSON lines: one for each request, one for each job that ended, one for each fault. Never a value of a file.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Job, LadingError, type Outage } from '@lading/core'
import { type Logger, pino } from 'pino'

export function createLog(level: string): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime })
}

/** Characters of a text that a client has chosen. */
const maxTextLength = 256

/**
 * Text of a client as a log may have it: not too long, and without what a terminal would obey or hide, which JSON
 * lets through beyond ASCII: C1 controls, marks of direction, line separators.
 */
export function loggable(text: string): string {
  const cut = text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text
  return cut.replace(
    /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu,
    character => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )
}

/** Never the query, which can hold values, and no header but the id that the service has approved of. */
export function logRequest(
  log: Logger,
  request: IncomingMessage,
  response: ServerResponse,
  started: number,
): void {
  log.info(
    {
      method: request.method,
      path: loggable(request.url?.split('?')[0] ?? ''),
      status: response.statusCode,
      complete: response.writableFinished,
      request_id: response.getHeader('x-request-id'),
      duration_ms: Math.round(performance.now() - started),
    },
    'request',
  )
}

/** What an operator wants to see of a job. */
export function logJob(log: Logger, job: Job): void {
  const { processedRecords: processed, successfulRecords: successful, failedRecords: failed } = job.progress
  // Its sentence names columns of the file, and may quote what the database says; the codes have to do.
  const isNothing = job.warnings.some(({ code }) => code === 'NOTHING_IMPORTED')
  log[isNothing && failed > 0 ? 'warn' : 'info'](
    {
      job_id: job.id,
      type: job.kind,
      resource: job.resource,
      format: job.format,
      status: job.status,
      processed,
      successful,
      failed,
      error_rate: processed === 0 ? 0 : Number((failed / processed).toFixed(4)),
      duration_seconds: job.durationSeconds,
      rows_per_second: job.rowsPerSecond,
      ...(job.errorCode !== null && { error_code: job.errorCode }),
      ...(isNothing && { ignored: job.progress.ignoredRecords, errors_by_code: job.errorsByCode }),
    },
    isNothing ? 'job: nothing was imported' : 'job',
  )
}

/** What jobs wait for: once when that begins, now and then, and once when it is over. */
export function logOutage(log: Logger, { event, code, message, since, jobs, cause }: Outage): void {
  const facts = { code, detail: message, since: since.toISOString(), jobs, faults: chainOf(cause) }
  if (event === 'over') log.info({ code, since: facts.since }, 'outage: over')
  else log.warn(facts, event === 'began' ? 'outage: jobs wait' : 'outage: jobs still wait')
}

/** What an answer with 500 said that the log would tell, or what broke beside all requests. */
export function logFault(log: Logger, what: string, error: unknown, requestId?: string): void {
  const facts = { ...(requestId !== undefined && { request_id: requestId }), faults: chainOf(error) }
  log.error(facts, what)
  log.debug({ ...facts, error: error instanceof Error ? error.stack : String(error) }, `${what}: in full`)
}

interface Fault {
  readonly name: string
  readonly code?: string
  readonly message?: string
  /** Where it was thrown. */
  readonly at?: string
}

/** An error and its causes. The texts of the database quote what it was given, so its code has to do. */
function chainOf(error: unknown, depth = 0): readonly Fault[] {
  if (!(error instanceof Error)) return [{ name: typeof error }]
  const { name, cause } = error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const at = error.stack?.match(/^ {4}at .*$/m)?.[0].trim()
  const isOurs = error instanceof LadingError && error.code !== 'HOOK_FAILED'
  // Errors of the system name a call, a path or an address, and never a value.
  const isOfTheSystem = 'syscall' in error
  return [
    {
      name,
      ...(code !== undefined && { code }),
      ...((isOurs || isOfTheSystem) && { message: loggable(error.message) }),
      ...(at !== undefined && { at }),
    },
    ...(cause === undefined || depth === 4 ? [] : chainOf(cause, depth + 1)),
  ]
}
