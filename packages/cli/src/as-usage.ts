// An error of the library about an option → the usage error of the command.
import { LadingError } from '@lading/core'
import { usageError } from './exit.ts'

/** Turns an error about an option into a usage error. @throws CommandError */
export function asUsage<Result>(read: () => Result, reword = (message: string) => message): Result {
  try {
    return read()
  } catch (error) {
    throw error instanceof LadingError ? usageError(reword(error.message), error) : error
  }
}
