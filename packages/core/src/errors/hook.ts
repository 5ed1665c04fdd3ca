// Calls code of the application, so that what it throws is told as its own and not as a fault of the database.
import { LadingError } from './lading-error.ts'

/** @param name what is called, as the beginning of a sentence. @throws LadingError `HOOK_FAILED` */
export function callHook<Result>(name: string, hook: () => Result): Result {
  try {
    return hook()
  } catch (error) {
    if (error instanceof LadingError) throw error
    const message = error instanceof Error ? error.message : String(error)
    throw new LadingError('HOOK_FAILED', `${name} threw an error: ${message}`, { cause: error })
  }
}
