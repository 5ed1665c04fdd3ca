// Metrics of the application → metrics that neither throw nor reject: a metric must not fail a job or a request.
import type { LadingError } from '../errors/lading-error.ts'
import { safeListener } from '../errors/quiet-listener.ts'
import type { Metrics } from './metrics.ts'

/** @param onFailure called with `HOOK_FAILED`, whose cause is the error that was thrown */
export function quietMetrics(metrics: Metrics, onFailure: (fault: LadingError) => void): Required<Metrics> {
  return {
    httpRequest: safeListener('metrics.httpRequest', facts => metrics.httpRequest(facts), onFailure),
    jobStarted: safeListener('metrics.jobStarted', facts => metrics.jobStarted(facts), onFailure),
    jobStopped: safeListener('metrics.jobStopped', facts => metrics.jobStopped(facts), onFailure),
    jobEnded: safeListener('metrics.jobEnded', facts => metrics.jobEnded(facts), onFailure),
    records: safeListener('metrics.records', facts => metrics.records(facts), onFailure),
    waiting: safeListener('metrics.waiting', facts => metrics.waiting?.(facts), onFailure),
    verified: safeListener('metrics.verified', facts => metrics.verified?.(facts), onFailure),
    cleaned: safeListener('metrics.cleaned', facts => metrics.cleaned?.(facts), onFailure),
  }
}
