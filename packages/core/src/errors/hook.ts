// Calls code of the application, so that what it throws is told as its own and not as a fault of the database.
import { LadingError } from './lading-error.ts'

/** @param name what is called, as the beginning of a sentence. @throws LadingError `HOOK_FAILED` */
export function callHook<Result>(name: string, hook: () => Result): Result {
  try {
    return hook()
  } catch (error) {
    throw hookFault(name, error)
  }
}

/** The same for one that takes its time. */
export async function callAsyncHook<Result>(name: string, hook: () => Promise<Result>): Promise<Result> {
  try {
    return await hook()
  } catch (error) {
    throw hookFault(name, error)
  }
}

function hookFault(name: string, error: unknown): LadingError {
  if (isFault(error)) return error
  const message = error instanceof Error ? error.message : String(error)
  return new LadingError('HOOK_FAILED', `${name} threw an error: ${message}`, { cause: error })
}

function isFault(error: unknown): error is LadingError {
  return error instanceof LadingError
}
