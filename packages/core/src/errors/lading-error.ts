// The one class of fault: thrown with a code of the table, one sentence for the user, and its cause.
import { type FaultCode, faultCodes } from './codes.ts'

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

  /** Status of the problem response that this fault becomes. */
  get status(): number {
    return faultCodes[this.code].status
  }

  /** By brand, so that an error of a second copy of this package is recognised too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value
  }
}
