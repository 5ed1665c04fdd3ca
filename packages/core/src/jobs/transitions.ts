// THE table of what may become of a job. Every statement that changes a status is made from it.
import type { JobStatus } from './job.ts'

interface Transition {
  readonly from: readonly JobStatus[]
  readonly to: JobStatus
}

/** `pending → processing → completed | failed | cancelled`. Only a retry leaves one of the last three. */
export const transitions = {
  /** A worker begins, or takes over from one whose lease has run out. */
  claim: { from: ['pending', 'processing'], to: 'processing' },
  /** A worker gives it back, to be begun again. */
  release: { from: ['processing'], to: 'pending' },
  complete: { from: ['processing'], to: 'completed' },
  fail: { from: ['processing'], to: 'failed' },
  /** The job that it was to follow did not complete. */
  abandon: { from: ['pending'], to: 'failed' },
  cancel: { from: ['pending', 'processing'], to: 'cancelled' },
  retry: { from: ['failed', 'cancelled'], to: 'pending' },
} as const satisfies Record<string, Transition>

export type TransitionName = keyof typeof transitions

/** The assignment of an update. */
export function become(name: TransitionName): string {
  return `status = '${transitions[name].to}'`
}

/** The condition without which no update may do that. */
export function may(name: TransitionName): string {
  return `status in (${transitions[name].from.map(status => `'${status}'`).join(', ')})`
}

/** Nothing but a retry changes it any more. */
export function isEnded(status: JobStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled'
}
