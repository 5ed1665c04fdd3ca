// THE table of status transitions. Every statement that changes a status is built from it.
import type { JobStatus } from './job.ts'

interface Transition {
  readonly from: readonly JobStatus[]
  readonly to: JobStatus
}

/** `pending → processing → completed | failed | cancelled`. Only a retry leaves one of the last three. */
export const transitions = {
  claim: { from: ['pending'], to: 'processing' },
  /** The worker has not renewed the lease in time. */
  rescue: { from: ['processing'], to: 'pending' },
  /** The worker releases it, for another attempt. */
  release: { from: ['processing'], to: 'pending' },
  complete: { from: ['processing'], to: 'completed' },
  fail: { from: ['processing'], to: 'failed' },
  /** The job that it waits for did not complete. */
  abandon: { from: ['pending'], to: 'failed' },
  cancel: { from: ['pending', 'processing'], to: 'cancelled' },
  retry: { from: ['failed', 'cancelled'], to: 'pending' },
} as const satisfies Record<string, Transition>

export type TransitionName = keyof typeof transitions

/** The assignments of an update: the status, and the processing time if the transition ends it. */
export function transitionSql(name: TransitionName): string {
  const { from, to }: Transition = transitions[name]
  return `status = '${to}'${from.includes('processing') ? `, ${timeSpent(name)}` : ''}`
}

/** The time at which a lost worker died is unknown; it was alive at most until its lease expired. */
function timeSpent(name: TransitionName): string {
  const mayBeDead = name === 'rescue' || name === 'cancel'
  const end = mayBeDead ? 'least(clock_timestamp(), lease_until)' : 'clock_timestamp()'
  return `processing_time = processing_time +
    case when status = 'processing' then greatest(interval '0', ${end} - claimed_at) else interval '0' end`
}

/** The condition under which the transition is allowed. */
export function transitionAllowedSql(name: TransitionName): string {
  return `status in (${transitions[name].from.map(status => `'${status}'`).join(', ')})`
}

/** Only a retry changes it any more. */
export function isEnded(status: JobStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled'
}
