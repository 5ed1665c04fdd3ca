// The error for sizes and options that cannot be served; the command line answers it with exit code 64.

export class UsageError extends Error {
  override readonly name = 'UsageError'
}
