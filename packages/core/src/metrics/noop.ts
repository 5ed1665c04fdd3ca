// Metrics that do nothing.
import type { Metrics } from './metrics.ts'

export const noopMetrics: Metrics = {
  httpRequest: () => undefined,
  jobStarted: () => undefined,
  jobStopped: () => undefined,
  jobEnded: () => undefined,
  records: () => undefined,
}
