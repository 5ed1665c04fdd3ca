// Calls code of the application: what it throws becomes a fault that names the hook, and has its words as the cause.
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
  // The sentence reaches clients. What a hook throws may hold anything, such as the address of a database.
  return new LadingError('HOOK_FAILED', `${name} threw an error.`, {
    cause: error,
  })
}

function isFault(error: unknown): error is LadingError {
  return error instanceof LadingError
}
