// No wait is endless: an answer, a fault when the time is over, or the end by a signal.
import { LadingError } from '../errors/lading-error.ts'

/**
 * The result of `work`, if it comes in time. Otherwise the caller goes on, and `work` has to be ended by other
 * means; what becomes of it later is nobody's concern any more.
 *
 * @throws LadingError `DATABASE_UNAVAILABLE` after `ms`, `CANCELLED` by the signal.
 */
export async function withTimeout<Result>(
  work: Promise<Result>,
  ms: number,
  signal?: AbortSignal,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  let stop: (() => void) | undefined
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new LadingError('DATABASE_UNAVAILABLE', `The database gave no answer for ${ms} ms.`)),
      ms,
    )
    stop = () =>
      reject(new LadingError('CANCELLED', 'The wait for the database was ended.', { cause: signal?.reason }))
    if (signal?.aborted === true) stop()
    signal?.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([work, over])
  } finally {
    clearTimeout(timer)
    if (stop !== undefined) signal?.removeEventListener('abort', stop)
    work.catch(() => undefined)
  }
}
