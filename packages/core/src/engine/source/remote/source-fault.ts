// Why a file could not be fetched: a sentence for its owner, and whether it may be otherwise in a minute.
import { LadingError } from '../../../errors/lading-error.ts'

/** `SOURCE_UNAVAILABLE`; not all of its kinds are worth another try. */
export class SourceFault extends LadingError {
  private readonly mayPass: boolean

  constructor(message: string, { mayPass, ...options }: ErrorOptions & { readonly mayPass: boolean }) {
    super('SOURCE_UNAVAILABLE', message, options)
    this.mayPass = mayPass
  }

  override get retryable(): boolean {
    return this.mayPass
  }
}

/** Statuses that the same request may not get again (RFC 9110, 15.5 and 15.6; RFC 6585; RFC 8470). */
const passing: ReadonlySet<number> = new Set([408, 421, 425, 429, 500, 502, 503, 504])

export function statusFault(status: number): SourceFault {
  const advice =
    status === 401 || status === 403
      ? 'use an address that can be read without logging in, and whose permission has not run out'
      : 'look whether the address is still right'
  return new SourceFault(
    `The server of the file answered with the status ${status} in place of the file; ${advice}.`,
    { mayPass: passing.has(status) },
  )
}

/** @param cause what the connection broke with. It may name the server, but nothing of the address behind it */
export function connectionFault(cause: unknown): SourceFault {
  const code = codeOf(cause)
  if (isOfCertificate(code)) {
    return new SourceFault(
      'The server of the file has no certificate that can be trusted, so the file was not fetched.',
      { mayPass: false, cause },
    )
  }
  if (isOfProtocol(code)) {
    return unreadable('What the server of the file sends is no HTTP; look whether the address is right.')
  }
  return new SourceFault(
    'The server of the file cannot be reached or does not answer; look whether the address is right, and try again later.',
    { mayPass: true, cause },
  )
}

export function brokenOff(cause?: unknown): SourceFault {
  return new SourceFault(
    'The server of the file broke off before the end of the file, more than once; try again later.',
    { mayPass: true, cause },
  )
}

export function tooSlow(bytesPerSecond: number, seconds: number): SourceFault {
  return new SourceFault(
    `The server of the file sent less than ${bytesPerSecond} bytes a second for ${seconds} seconds; try again when it is faster.`,
    { mayPass: true },
  )
}

export function tooLong(seconds: number): SourceFault {
  return new SourceFault(
    `The file was not there after ${seconds} seconds, which is as long as a file may take; send it in parts.`,
    { mayPass: false },
  )
}

export function unreadable(message: string): SourceFault {
  return new SourceFault(message, { mayPass: false })
}

function isOfCertificate(code: string): boolean {
  return /CERT|SELF_SIGNED|ERR_TLS|UNABLE_TO_(?:GET|VERIFY)/.test(code)
}

/** Such an error holds what was sent, and so it is not kept as a cause. */
function isOfProtocol(code: string): boolean {
  return code.startsWith('HPE_')
}

/** Of the error, or of the first attempt where several addresses were tried. */
function codeOf(error: unknown): string {
  const { code, errors } = (error ?? {}) as { code?: unknown; errors?: readonly unknown[] }
  if (typeof code === 'string') return code
  return errors?.[0] === undefined ? '' : codeOf(errors[0])
}
