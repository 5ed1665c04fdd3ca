// AccessRefused: what a host throws to turn a request away.

const brand = Symbol.for('lading.access-refused')

/** Why: the caller is unknown, or is known and lacks the permission. */
export type RefusalReason = 'unauthenticated' | 'forbidden'

export interface RefusalOptions extends ErrorOptions {
  /** The value of `WWW-Authenticate`, for `unauthenticated` only. @defaultValue `'Bearer'` */
  readonly challenge?: string | undefined
}

/**
 * Thrown by `authorize`, it becomes 401 (`unauthenticated`) or 403 (`forbidden`). Its message is sent to the client,
 * so it must not reveal which keys, tenants or jobs exist.
 *
 * @example
 * throw new AccessRefused('forbidden', 'This key may read only.')
 */
export class AccessRefused extends Error {
  override readonly name = 'AccessRefused'
  readonly [brand] = true
  readonly challenge: string

  constructor(
    readonly reason: RefusalReason,
    message = sentences[reason],
    { challenge = 'Bearer', ...options }: RefusalOptions = {},
  ) {
    super(message, options)
    this.challenge = challenge
  }

  /** Checks the brand, so that an error from a second copy of this package is recognised too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value
  }
}

const sentences: Readonly<Record<RefusalReason, string>> = {
  unauthenticated: 'The request carries no valid credentials; send a valid key.',
  forbidden: 'The caller is not allowed to do this.',
}
