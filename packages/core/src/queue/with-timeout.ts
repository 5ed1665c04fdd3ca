// Limits a wait for the database: a result, a timeout, or an abort.
import { LadingError } from '../errors/lading-error.ts'

/**
 * Resolves as `work` does if it settles in time. Otherwise the caller continues and has to stop `work` by other
 * means; its later result is ignored.
 *
 * @throws LadingError `DATABASE_UNAVAILABLE` after `ms` milliseconds, `CANCELLED` by the signal.
 */
export async function withTimeout<Result>(
  work: Promise<Result>,
  ms: number,
  signal?: AbortSignal,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  let onAbort: (() => void) | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new LadingError('DATABASE_UNAVAILABLE', `The database did not answer within ${ms} ms.`)),
      ms,
    )
    onAbort = () =>
      reject(
        new LadingError('CANCELLED', 'The wait for the database was cancelled.', { cause: signal?.reason }),
      )
    if (signal?.aborted === true) onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
    if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort)
    work.catch(() => undefined)
  }
}
