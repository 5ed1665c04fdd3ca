// GET /metrics: what Prometheus collects.
import { HttpFault } from '../problem.ts'
import type { Handler } from '../service.ts'

export const metrics: Handler = async (_request, { metrics }) => {
  if (metrics === undefined) throw new HttpFault('ROUTE_UNKNOWN', 'Metrics are switched off.')
  return {
    status: 200,
    headers: { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' },
    body: await metrics.expose(),
  }
}
