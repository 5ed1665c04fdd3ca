// Any error → its sentence on stderr, what an import had committed before it, and the exit code.
import { inspect } from 'node:util'
import { importReportOf, LadingError } from '@lading/core'
import { CommandError, type ExitCode, exitCode } from './exit.ts'
import { errorCode } from './file-error.ts'
import type { CommandIo } from './io.ts'
import { printable } from './printable.ts'
import { committed } from './summary.ts'

export function reportFailure(error: unknown, io: CommandIo): ExitCode {
  printNotice(messageOf(error), io)
  const report = importReportOf(error) ?? importReportOf(causeOf(error))
  if (report !== undefined) printNotice(committed(report), io)
  if (io.env.LADING_DEBUG === '1') io.stderr.write(`${inspect(error)}\n`)
  return exitCodeOf(error)
}

/** Writes a line to stderr, under the command's name. */
export function printNotice(sentence: string, { stderr }: Pick<CommandIo, 'stderr'>): void {
  stderr.write(`lading: ${printable(sentence)}\n`)
}

/** For people at the command line. */
export function messageOf(error: unknown): string {
  if (error instanceof CommandError) return error.message
  if (error instanceof LadingError) return withReason(error.message, reasonOf(error))
  const message = error instanceof Error ? error.message : String(error)
  return `Something unexpected happened: ${message}. Set LADING_DEBUG=1 to see where.`
}

function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommandError) return error.exitCode
  if (!(error instanceof LadingError)) return exitCode.failed
  if (error.code === 'CANCELLED') return exitCode.interrupted
  return error.code === 'FILTER_INVALID' ? exitCode.usage : exitCode.failed
}

function withReason(sentence: string, reason: string | undefined): string {
  return reason === undefined ? sentence : sentence.replace(/\.?$/, ` (${reason}).`)
}

/** The cause that the message leaves out because clients may see it. The user of the command owns the hooks. */
function reasonOf(error: LadingError): string | undefined {
  const cause = causeOf(error)
  return error.code === 'HOOK_FAILED' && cause instanceof Error ? cause.message : connectionReason(error)
}

/** Why the connection failed, such as `ECONNREFUSED at 127.0.0.1:5432`; never the URL, which may contain a password. */
function connectionReason(error: LadingError): string | undefined {
  if (error.code !== 'DATABASE_UNAVAILABLE') return undefined
  for (let cause = causeOf(error); cause instanceof Error; cause = causeOf(cause)) {
    // If a name has several addresses, an AggregateError has the error of each.
    const one: unknown = cause instanceof AggregateError ? cause.errors[0] : cause
    if (isSystemError(one)) {
      const host = one.address ?? one.hostname
      if (host === undefined) return one.code
      return `${one.code} at ${host}${one.port === undefined ? '' : `:${one.port}`}`
    }
    if (isConnectionRejected(one)) return one.message
    if (cause.message === 'timeout exceeded when trying to connect') return 'no answer for 10 seconds'
  }
  return undefined
}

/** Whether the server rejected the user, password or database (SQLSTATE classes 28 and 3D). */
function isConnectionRejected(error: unknown): error is Error {
  return error instanceof Error && /^(28|3D)...$/.test(errorCode(error) ?? '')
}

interface SystemError {
  readonly code: string
  readonly address?: string
  readonly hostname?: string
  readonly port?: number
}

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'syscall' in error && 'code' in error
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined
}
