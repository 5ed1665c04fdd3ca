// JSON log lines: one for each request, each job that ended and each fault. They contain no value of a file.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Job, LadingError, type Outage } from '@lading/core'
import { type Logger, pino } from 'pino'

export function createLog(level: string): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime })
}

/** The maximum length of a text from a client, in characters. */
const maxTextLength = 256

/**
 * A client's text, made safe for a log: truncated, with control and format characters escaped. JSON leaves those beyond
 * ASCII unescaped: C1 controls, direction marks, line separators.
 */
export function loggable(text: string): string {
  const truncated = text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text
  return truncated.replace(
    /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu,
    character => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )
}

/** Never logs the query, which can contain values, and no header but the request id that the service has checked. */
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

/** Logs a job that has ended, for an operator. */
export function logJob(log: Logger, job: Job): void {
  const { processedRecords: processed, successfulRecords: successful, failedRecords: failed } = job.progress
  // The warning's text names columns of the file and may quote the database, so only codes are logged.
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

/** Logs an outage that jobs wait for: when it begins, from time to time, and when it is over. */
export function logOutage(log: Logger, { event, code, message, since, jobs, cause }: Outage): void {
  const facts = { code, detail: message, since: since.toISOString(), jobs, faults: chainOf(cause) }
  if (event === 'over') log.info({ code, since: facts.since }, 'outage: over')
  else log.warn(facts, event === 'began' ? 'outage: jobs wait' : 'outage: jobs still wait')
}

/** Logs the details of a response with 500, or an error outside of requests. */
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

/** An error and its causes. Messages of the database quote values, so only its code is logged. */
function chainOf(error: unknown, depth = 0): readonly Fault[] {
  if (!(error instanceof Error)) return [{ name: typeof error }]
  const { name, cause } = error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const at = error.stack?.match(/^ {4}at .*$/m)?.[0].trim()
  const isOurs = error instanceof LadingError && error.code !== 'HOOK_FAILED'
  // System errors contain a call, a path or an address, and never a value.
  const isSystemError = 'syscall' in error
  return [
    {
      name,
      ...(code !== undefined && { code }),
      ...((isOurs || isSystemError) && { message: loggable(error.message) }),
      ...(at !== undefined && { at }),
    },
    ...(cause === undefined || depth === 4 ? [] : chainOf(cause, depth + 1)),
  ]
}
