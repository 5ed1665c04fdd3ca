/** The one error that callers see: a code for programs, a sentence that says what to do, and the cause. */

export type EmbeddedPostgresErrorCode =
  | 'PLATFORM_UNSUPPORTED'
  | 'DATA_DIR_UNUSABLE'
  | 'INITDB_FAILED'
  | 'START_FAILED'
  | 'STOP_FAILED'
  | 'PORT_TAKEN'
  | 'LOCK_TIMEOUT'

export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError'
  readonly code: string

  constructor(code: EmbeddedPostgresErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}

/** The `code` of a system error such as ENOENT; undefined for anything else. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** Turns a file system error into DATA_DIR_UNUSABLE, and returns any other error unchanged. */
export function dataDirError(dataDir: string, error: unknown): unknown {
  if (errnoOf(error) === undefined) return error
  return new EmbeddedPostgresError(
    'DATA_DIR_UNUSABLE',
    `The data folder ${dataDir} cannot be used: make it readable and writable for this user or choose another one`,
    error,
  )
}
