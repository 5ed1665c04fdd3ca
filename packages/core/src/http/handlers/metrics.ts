// GET /metrics: what Prometheus collects.

import type { Handler } from '../service.ts'
import { HttpFault } from '../wire/problem.ts'

/** The text format of Prometheus. */
const text = 'text/plain; version=0.0.4; charset=utf-8'

export const metrics: Handler = async (_request, service) => {
  const exposed = await service.metrics?.expose?.()
  if (exposed === undefined) throw new HttpFault('ROUTE_UNKNOWN', 'Metrics are switched off.')
  const { contentType, body } = typeof exposed === 'string' ? { contentType: text, body: exposed } : exposed
  return { status: 200, headers: { 'Content-Type': contentType }, body }
}
