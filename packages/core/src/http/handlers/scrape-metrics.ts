// GET /metrics: the metrics for Prometheus.
import { callAsyncHook } from '../../errors/hook.ts'
import type { Handler } from '../http-service.ts'
import { HttpFault } from '../wire/problem.ts'

/** The text format of Prometheus. */
const text = 'text/plain; version=0.0.4; charset=utf-8'

export const metrics: Handler = async ({ signal }, { metrics, hookTimeoutSeconds: timeoutSeconds }) => {
  const exposed = await callAsyncHook('metrics.expose', () => metrics?.expose?.(), { signal, timeoutSeconds })
  if (exposed === undefined) throw new HttpFault('ROUTE_UNKNOWN', 'Metrics are switched off.')
  const { contentType, body } = typeof exposed === 'string' ? { contentType: text, body: exposed } : exposed
  return { status: 200, headers: { 'Content-Type': contentType }, body }
}
