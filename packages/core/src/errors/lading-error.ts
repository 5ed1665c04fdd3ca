// LadingError, the only class of fault: a code of the table, one sentence for the user, and the cause.
import { docsOf, type FaultCode, faultCodes } from './codes.ts'

const brand = Symbol.for('lading.error')

/**
 * A fault: the run cannot continue. Bad data is never a fault; it is a `RecordError`, which is returned and counted.
 *
 * `message` is one sentence that says what to do. It never holds SQL text, a stack trace or other users' data; those
 * stay in `cause`.
 *
 * @example
 * try { await importer.run({ resource: 'users', source, format: 'csv' }) }
 * catch (error) { if (error instanceof LadingError && error.code === 'FILE_EMPTY') … }
 */
export class LadingError extends Error {
  override readonly name = 'LadingError'
  readonly [brand] = true
  /** Report of what was done before the fault, if there is one: see `importReportOf`. */
  readonly report: object | undefined

  constructor(
    readonly code: FaultCode,
    message: string,
    options: ErrorOptions & { readonly report?: object } = {},
  ) {
    super(message, options)
    this.report = options.report
  }

  /** The same call may succeed later without changes. */
  get retryable(): boolean {
    return faultCodes[this.code].retryable
  }

  /**
   * Where the code is explained: a page of the documentation, which ships with the package, and an anchor on it, such as
   * `docs/errors.md#FILE_EMPTY`.
   */
  get docs(): string {
    return docsOf(this.code)
  }

  /** HTTP status of the problem response for this fault. */
  get status(): number {
    return faultCodes[this.code].status
  }

  /**
   * The SQLSTATE (five characters) of the database error that caused this fault; undefined if there was none. It is for
   * programs; the message says what it means.
   */
  get sqlstate(): string | undefined {
    return this.cause instanceof LadingError ? this.cause.sqlstate : stateOf(this.cause)
  }

  /** Compares by brand, so that an error of a second copy of this package is recognised too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value
  }
}

/**
 * True for an error raised by RAISE in a database function, whose author chose the SQLSTATE. The first line of the
 * context says where it was raised. The server does not translate `RAISE`.
 */
export function isRaised(error: unknown): boolean {
  if (error instanceof LadingError) return isRaised(error.cause)
  if (stateOf(error) === undefined) return false
  const { where } = error as { readonly where?: unknown }
  const [origin = ''] = typeof where === 'string' ? where.split('\n') : []
  return /\bRAISE\b/.test(origin) && !origin.includes(ownCode)
}

/** PostgreSQL's name for the code of a DO block. Lading has no functions besides DO blocks. */
export const ownCode = 'inline_code_block'

/** The SQLSTATE of an error of the driver; undefined for any other error. */
export function stateOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  const { code } = error
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || !('severity' in error)) return undefined
  return code === '0A000' && isReadOnlyServer(error) ? '25006' : code
}

/**
 * A standby rejects `SET TRANSACTION READ WRITE` as an unsupported feature, and every other change as one in a read-only
 * transaction. The server translates its messages, but not the name of its C function.
 */
const isReadOnlyServer = (error: object): boolean =>
  'routine' in error && error.routine === 'call_bool_check_hook'
