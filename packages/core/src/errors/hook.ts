// Calls code of the application whose answer counts: what it throws becomes a fault that names the hook, with its words as the cause.
import { LadingError } from './lading-error.ts'

/** How long an answer is waited for. */
export interface HookTimeout {
  /** Ends the waiting: for a run that is cancelled, or a client that has gone. */
  readonly signal?: AbortSignal | undefined
  readonly timeoutSeconds: number
}

/** @throws LadingError `CONFIG_INVALID` */
export function checkHookTimeout(seconds: number): void {
  // A timer that is longer than 24.8 days fires at once.
  if (Number.isSafeInteger(seconds) && seconds >= 1 && seconds <= 86_400) return
  throw new LadingError(
    'CONFIG_INVALID',
    'The option hookTimeoutSeconds must be a whole number from 1 to 86400.',
  )
}

/** @param name what is called, as the beginning of a sentence. @throws LadingError `HOOK_FAILED`, also for a promise */
export function callHook<Result>(name: string, hook: () => Result): Result {
  let result: Result
  try {
    result = hook()
  } catch (error) {
    throw hookFault(name, error)
  }
  if (!isPromise(result)) return result
  Promise.resolve(result).catch(() => undefined)
  throw new LadingError('HOOK_FAILED', `${name} returned a promise; it must answer at once.`)
}

/**
 * The same for one that may take its time.
 *
 * @throws LadingError `HOOK_FAILED`, also when the time is over; what it says later is not heard
 */
export async function callAsyncHook<Result>(
  name: string,
  hook: () => Result | PromiseLike<Result>,
  { signal, timeoutSeconds }: HookTimeout,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  let giveUp = () => {}
  try {
    signal?.throwIfAborted()
    return await new Promise<Result>((resolve, reject) => {
      timer = setTimeout(() => reject(tooLate(name, timeoutSeconds)), timeoutSeconds * 1000)
      giveUp = () => reject(signal?.reason)
      signal?.addEventListener('abort', giveUp, { once: true })
      ;(async () => hook())().then(resolve, reject)
    })
  } catch (error) {
    if (signal?.aborted === true && error === signal.reason) {
      throw new LadingError('CANCELLED', `${name} was not waited for any longer.`, { cause: error })
    }
    throw hookFault(name, error)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', giveUp)
  }
}

/**
 * Calls a listener that belongs to what is done, such as `onProgress`. A promise of it is waited for, one call after
 * the other; undefined where there is none to wait for.
 *
 * @throws LadingError `HOOK_FAILED`
 */
export function callListener(
  name: string,
  listener: () => unknown,
  patience: HookTimeout,
): Promise<unknown> | undefined {
  let answer: unknown
  try {
    answer = listener()
  } catch (error) {
    throw hookFault(name, error)
  }
  return isPromise(answer) ? callAsyncHook(name, () => answer, patience) : undefined
}

export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

export function hookFault(name: string, error: unknown): LadingError {
  if (isFault(error)) return error
  // The sentence reaches clients. What a hook throws may hold anything, such as the address of a database.
  return new LadingError('HOOK_FAILED', `${name} threw an error.`, {
    cause: error,
  })
}

function tooLate(name: string, seconds: number): LadingError {
  return new LadingError(
    'HOOK_FAILED',
    `${name} did not answer within ${seconds} seconds (hookTimeoutSeconds).`,
  )
}

function isFault(error: unknown): error is LadingError {
  return error instanceof LadingError
}
