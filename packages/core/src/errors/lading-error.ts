// The one class of fault: thrown with a code of the table, one sentence for the user, and its cause.
import { docsOf, type FaultCode, faultCodes } from './codes.ts'

const brand = Symbol.for('lading.error')

/**
 * A fault: the run cannot go on. Bad data is never one; it is a `RecordError`, which is returned and counted.
 *
 * `message` is one clear sentence that says what to do. It never holds SQL text, a stack or the data of others;
 * those stay in `cause`.
 *
 * @example
 * try { await importer.run({ resource: 'users', source, format: 'csv' }) }
 * catch (error) { if (error instanceof LadingError && error.code === 'FILE_EMPTY') … }
 */
export class LadingError extends Error {
  override readonly name = 'LadingError'
  readonly [brand] = true
  /** What had been done before the fault, where there is a report of it: see `importReportOf`. */
  readonly report: object | undefined

  constructor(
    readonly code: FaultCode,
    message: string,
    options: ErrorOptions & { readonly report?: object } = {},
  ) {
    super(message, options)
    this.report = options.report
  }

  /** The same call may succeed later without anything being changed. */
  get retryable(): boolean {
    return faultCodes[this.code].retryable
  }

  /**
   * Where the code is explained: a page of the documentation, which is also in the folder of the package, and the place
   * on it, such as `docs/errors.md#FILE_EMPTY`.
   */
  get docs(): string {
    return docsOf(this.code)
  }

  /** Status of the problem response that this fault becomes. */
  get status(): number {
    return faultCodes[this.code].status
  }

  /**
   * The five characters (SQLSTATE) of the error of the database that this fault was made of; undefined where there was
   * none. For programs: the sentence says what they mean.
   */
  get sqlstate(): string | undefined {
    return this.cause instanceof LadingError ? this.cause.sqlstate : stateOf(this.cause)
  }

  /** By brand, so that an error of a second copy of this package is recognised too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value
  }
}

/**
 * True for an error that a RAISE in a function of the database made: its SQLSTATE is whatever its author chose. The
 * first line of the context is the place where it was raised. `RAISE` is the same in every language of the server.
 */
export function isRaised(error: unknown): boolean {
  if (error instanceof LadingError) return isRaised(error.cause)
  if (stateOf(error) === undefined) return false
  const { where } = error as { readonly where?: unknown }
  const [place = ''] = typeof where === 'string' ? where.split('\n') : []
  return /\bRAISE\b/.test(place) && !place.includes(ownCode)
}

/** What PostgreSQL calls the code of a DO block: the only functions that are Lading's own. */
export const ownCode = 'inline_code_block'

/** Of an error as the driver makes it. */
export function stateOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  const { code } = error
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || !('severity' in error)) return undefined
  return code === '0A000' && isReadOnlyServer(error) ? '25006' : code
}

/**
 * A standby refuses `SET TRANSACTION READ WRITE` as a feature that it does not support, and every other change as one in
 * a read-only transaction. The message is translated; the name of the function in the server is not.
 */
const isReadOnlyServer = (error: object): boolean =>
  'routine' in error && error.routine === 'call_bool_check_hook'
