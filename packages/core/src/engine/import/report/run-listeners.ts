// Reports record errors and counts to the caller during a run, one by one, in file order.
import { callListener } from '../../../errors/hook.ts'
import type { Limits, RunOptions } from '../importer-options.ts'
import type { MergedBatch } from '../stages/batches.ts'
import type { Tally } from './report.ts'

/** @throws LadingError `HOOK_FAILED` if `onError` throws, rejects or does not answer in time */
export type ReportErrors = (batch: Pick<MergedBatch, 'rows'>) => Promise<void>

export interface RunListeners {
  readonly errors: ReportErrors
  /** @throws LadingError `HOOK_FAILED` */
  readonly progress: (tally: Tally) => Promise<void>
}

export function listeners(
  { onError, onProgress, signal }: Pick<RunOptions, 'onError' | 'onProgress' | 'signal'>,
  { hookTimeoutSeconds: timeoutSeconds }: Limits,
): RunListeners {
  const timeout = { signal, timeoutSeconds }
  return {
    async errors({ rows }) {
      if (onError === undefined) return
      for (const { errors = [] } of rows) {
        for (const error of errors) {
          // A copy: a listener must be able to change neither the report nor the rejects file.
          const promise = callListener('onError', () => onError({ ...error }), timeout)
          if (promise !== undefined) await promise
        }
      }
    },
    async progress(tally) {
      if (onProgress === undefined) return
      await callListener('onProgress', () => onProgress(tally.progress()), timeout)
    },
  }
}
