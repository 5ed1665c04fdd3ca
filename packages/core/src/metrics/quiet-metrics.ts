// Metrics of the application → metrics that neither throw nor reject: a metric must not fail a job or a request.
import type { LadingError } from '../errors/lading-error.ts'
import { quietly } from '../errors/listener.ts'
import type { Metrics } from './metrics.ts'

/** @param onFailure called with `HOOK_FAILED`, whose cause is the error that was thrown */
export function quietMetrics(metrics: Metrics, onFailure: (fault: LadingError) => void): Required<Metrics> {
  return {
    httpRequest: quietly('metrics.httpRequest', facts => metrics.httpRequest(facts), onFailure),
    jobStarted: quietly('metrics.jobStarted', facts => metrics.jobStarted(facts), onFailure),
    jobStopped: quietly('metrics.jobStopped', facts => metrics.jobStopped(facts), onFailure),
    jobEnded: quietly('metrics.jobEnded', facts => metrics.jobEnded(facts), onFailure),
    records: quietly('metrics.records', facts => metrics.records(facts), onFailure),
    waiting: quietly('metrics.waiting', facts => metrics.waiting?.(facts), onFailure),
    verified: quietly('metrics.verified', facts => metrics.verified?.(facts), onFailure),
    cleaned: quietly('metrics.cleaned', facts => metrics.cleaned?.(facts), onFailure),
  }
}
