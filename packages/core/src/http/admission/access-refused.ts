// AccessRefused: what a host throws to turn a request away.

const brand = Symbol.for('lading.access-refused')

/** Why: nobody knows who asks, or it is known and not allowed. */
export type RefusalReason = 'unauthenticated' | 'forbidden'

export interface RefusalOptions extends ErrorOptions {
  /** Value of `WWW-Authenticate`, for `unauthenticated` only. @defaultValue `'Bearer'` */
  readonly challenge?: string | undefined
}

/**
 * Thrown by `authorize`, it becomes 401 (`unauthenticated`) or 403 (`forbidden`). Its message is sent to whoever
 * asked; it must not tell which keys, tenants or jobs there are.
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

  /** By brand, so that an error of a second copy of this package is recognised too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value
  }
}

const sentences: Readonly<Record<RefusalReason, string>> = {
  unauthenticated: 'Nobody is known by what was sent; send a key that is valid.',
  forbidden: 'This is not allowed for whoever asks.',
}
