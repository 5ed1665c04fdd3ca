// Why a file could not be fetched: a message for its owner, and whether a retry may help.
import { LadingError } from '../../../errors/lading-error.ts'

/** A `SOURCE_UNAVAILABLE` error that is retryable only if `isTransient`. */
export class SourceFault extends LadingError {
  private readonly isTransient: boolean

  constructor(
    message: string,
    { isTransient, ...options }: ErrorOptions & { readonly isTransient: boolean },
  ) {
    super('SOURCE_UNAVAILABLE', message, options)
    this.isTransient = isTransient
  }

  override get retryable(): boolean {
    return this.isTransient
  }
}

/** Statuses for which the same request may succeed later (RFC 9110, 15.5 and 15.6; RFC 6585; RFC 8470). */
const transientStatuses: ReadonlySet<number> = new Set([408, 421, 425, 429, 500, 502, 503, 504])

export function statusFault(status: number): SourceFault {
  const advice =
    status === 401 || status === 403
      ? 'use an address that needs no login and whose permission has not expired'
      : 'check whether the address is still right'
  return new SourceFault(
    `The server of the file answered with status ${status} instead of the file; ${advice}.`,
    { isTransient: transientStatuses.has(status) },
  )
}

/** @param cause error of the connection. It may name the server, but not the rest of the address */
export function connectionFault(cause: unknown): SourceFault {
  const code = codeOf(cause)
  if (isOfCertificate(code)) {
    return new SourceFault(
      'The server of the file has no certificate that can be trusted, so the file was not fetched.',
      { isTransient: false, cause },
    )
  }
  if (isOfProtocol(code)) {
    return unusableResponse(
      'The server of the file does not respond with HTTP; check whether the address is right.',
    )
  }
  return new SourceFault(
    'The server of the file cannot be reached or does not answer; check whether the address is right, and try again later.',
    { isTransient: true, cause },
  )
}

export function connectionLost(cause?: unknown): SourceFault {
  return new SourceFault(
    'The server of the file closed the connection before the end of the file more than once; try again later.',
    { isTransient: true, cause },
  )
}

export function tooSlow(bytesPerSecond: number, seconds: number): SourceFault {
  return new SourceFault(
    `The server of the file sent less than ${bytesPerSecond} bytes a second for ${seconds} seconds; try again when it is faster.`,
    { isTransient: true },
  )
}

export function timedOut(seconds: number): SourceFault {
  return new SourceFault(
    `The file did not arrive within ${seconds} seconds, the limit for one file; send it in parts.`,
    { isTransient: false },
  )
}

export function unusableResponse(message: string): SourceFault {
  return new SourceFault(message, { isTransient: false })
}

function isOfCertificate(code: string): boolean {
  return /CERT|SELF_SIGNED|ERR_TLS|UNABLE_TO_(?:GET|VERIFY)/.test(code)
}

/** Errors of the HTTP parser. They contain the received bytes, so they are not kept as a cause. */
function isOfProtocol(code: string): boolean {
  return code.startsWith('HPE_')
}

/** The code of the error, or of the first attempt if several addresses were tried. */
function codeOf(error: unknown): string {
  const { code, errors } = (error ?? {}) as { code?: unknown; errors?: readonly unknown[] }
  if (typeof code === 'string') return code
  return errors?.[0] === undefined ? '' : codeOf(errors[0])
}
