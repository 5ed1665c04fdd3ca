// What a run tells its caller while it goes on: record errors and counts, one after the other, in file order.
import { callListener } from '../../../errors/hook.ts'
import type { Limits, RunOptions } from '../importer-options.ts'
import type { MergedBatch } from '../stages/batches.ts'
import type { Tally } from './report.ts'

/** @throws LadingError `HOOK_FAILED` if `onError` throws, rejects or does not answer in time */
export type HearErrors = (batch: Pick<MergedBatch, 'rows'>) => Promise<void>

export interface Listeners {
  readonly errors: HearErrors
  /** @throws LadingError `HOOK_FAILED` */
  readonly progress: (tally: Tally) => Promise<void>
}

export function listeners(
  { onError, onProgress, signal }: Pick<RunOptions, 'onError' | 'onProgress' | 'signal'>,
  { hookTimeoutSeconds: timeoutSeconds }: Limits,
): Listeners {
  const patience = { signal, timeoutSeconds }
  return {
    async errors({ rows }) {
      if (onError === undefined) return
      for (const { errors = [] } of rows) {
        for (const error of errors) {
          // A copy: what a listener does to it must change neither the report nor the file of rejects.
          const waiting = callListener('onError', () => onError({ ...error }), patience)
          if (waiting !== undefined) await waiting
        }
      }
    },
    async progress(tally) {
      if (onProgress === undefined) return
      await callListener('onProgress', () => onProgress(tally.progress()), patience)
    },
  }
}
