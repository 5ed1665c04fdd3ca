// THE table of what may become of a job. Every statement that changes a status is made from it.
import type { JobStatus } from './job.ts'

interface Transition {
  readonly from: readonly JobStatus[]
  readonly to: JobStatus
}

/** `pending → processing → completed | failed | cancelled`. Only a retry leaves one of the last three. */
export const transitions = {
  claim: { from: ['pending'], to: 'processing' },
  /** Its worker has not renewed the lease in time. */
  rescue: { from: ['processing'], to: 'pending' },
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

/** The assignments of an update: the status, and the time that a worker has spent, where that ends with it. */
export function become(name: TransitionName): string {
  const { from, to }: Transition = transitions[name]
  return `status = '${to}'${from.includes('processing') ? `, ${spent(name)}` : ''}`
}

/** Nobody knows when a worker died that is heard of no more; it was alive as long as its lease at most. */
function spent(name: TransitionName): string {
  const mayBeDead = name === 'rescue' || name === 'cancel'
  const end = mayBeDead ? 'least(clock_timestamp(), lease_until)' : 'clock_timestamp()'
  return `processing_time = processing_time +
    case when status = 'processing' then greatest(interval '0', ${end} - claimed_at) else interval '0' end`
}

/** The condition without which no update may do that. */
export function may(name: TransitionName): string {
  return `status in (${transitions[name].from.map(status => `'${status}'`).join(', ')})`
}

/** Nothing but a retry changes it any more. */
export function isEnded(status: JobStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled'
}
