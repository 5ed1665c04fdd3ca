// Calls hooks of the application. What a hook throws becomes the cause of a fault that names the hook.
import { LadingError } from './lading-error.ts'

/** How long to wait for the result of a hook. */
export interface HookTimeout {
  /** Ends the wait, for a cancelled run or a disconnected client. */
  readonly signal?: AbortSignal | undefined
  readonly timeoutSeconds: number
}

/** Calls a synchronous hook. @param name the hook, as the start of a sentence. @throws LadingError `HOOK_FAILED`, also for a promise */
export function callHook<Result>(name: string, hook: () => Result): Result {
  let result: Result
  try {
    result = hook()
  } catch (error) {
    throw hookFault(name, error)
  }
  if (!isPromise(result)) return result
  Promise.resolve(result).catch(() => undefined)
  throw new LadingError('HOOK_FAILED', `${name} returned a promise; it must return its result synchronously.`)
}

/**
 * Calls a hook that may return a promise, and waits up to `timeoutSeconds` for its result.
 *
 * @throws LadingError `HOOK_FAILED`, also after the timeout, when a late result is ignored; `CANCELLED` if the signal aborts
 */
export async function callAsyncHook<Result>(
  name: string,
  hook: () => Result | PromiseLike<Result>,
  { signal, timeoutSeconds }: HookTimeout,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  let onAbort = () => {}
  try {
    signal?.throwIfAborted()
    return await new Promise<Result>((resolve, reject) => {
      timer = setTimeout(() => reject(timeoutFault(name, timeoutSeconds)), timeoutSeconds * 1000)
      onAbort = () => reject(signal?.reason)
      signal?.addEventListener('abort', onAbort, { once: true })
      ;(async () => hook())().then(resolve, reject)
    })
  } catch (error) {
    if (signal?.aborted === true && error === signal.reason) {
      throw new LadingError('CANCELLED', `${name} was cancelled.`, { cause: error })
    }
    throw hookFault(name, error)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

/**
 * Calls a listener whose failure fails the run, such as `onProgress`. Returns a promise to await if the listener
 * returned one, otherwise undefined.
 *
 * @throws LadingError `HOOK_FAILED`
 */
export function callListener(
  name: string,
  listener: () => unknown,
  timeout: HookTimeout,
): Promise<unknown> | undefined {
  let result: unknown
  try {
    result = listener()
  } catch (error) {
    throw hookFault(name, error)
  }
  return isPromise(result) ? callAsyncHook(name, () => result, timeout) : undefined
}

export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

export function hookFault(name: string, error: unknown): LadingError {
  if (isFault(error)) return error
  // The message reaches clients; what a hook throws may hold anything, such as the address of a database.
  return new LadingError('HOOK_FAILED', `${name} threw an error.`, {
    cause: error,
  })
}

function timeoutFault(name: string, seconds: number): LadingError {
  return new LadingError(
    'HOOK_FAILED',
    `${name} did not answer within ${seconds} seconds (hookTimeoutSeconds).`,
  )
}

function isFault(error: unknown): error is LadingError {
  return error instanceof LadingError
}
