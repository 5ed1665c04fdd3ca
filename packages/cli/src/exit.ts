// The exit codes of the command, and the error that selects one.

export const exitCode = {
  /** Success. */
  done: 0,
  /** The command failed: a file, the database, the configuration. */
  failed: 1,
  /** The import completed, and some records were rejected. */
  rejected: 2,
  /** The command was called wrongly (EX_USAGE of sysexits.h). */
  usage: 64,
  /** SIGINT or SIGTERM ended it (128 + SIGINT). */
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]

/** A failure with a message for the user; the original error is in `cause`. */
export class CommandError extends Error {
  override readonly name = 'CommandError'

  constructor(
    readonly exitCode: ExitCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

export function failure(message: string, cause?: unknown): CommandError {
  return new CommandError(exitCode.failed, message, { cause })
}

export function usageError(message: string, cause?: unknown): CommandError {
  return new CommandError(exitCode.usage, message, { cause })
}
