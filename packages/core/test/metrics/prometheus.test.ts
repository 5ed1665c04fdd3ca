// The metrics as a scrape shows them: names, labels and types by hand, and no label without a bound.
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { noopMetrics } from '../../src/metrics/noop.ts'
import { type PrometheusMetrics, prometheusMetrics } from '../../src/metrics/prometheus.ts'

const resources = [{ name: 'users' }, { name: 'articles' }]

/** The lines of one metric, without its buckets. */
async function scrape(metrics: PrometheusMetrics, name: string): Promise<string[]> {
  const { body } = await metrics.expose()
  return body.split('\n').filter(line => new RegExp(`^(# (HELP|TYPE) )?${name}(_sum|_count)?[{ ]`).test(line))
}

test('http_requests_total counts by method, route and status', async () => {
  const metrics = prometheusMetrics({ resources })
  const request = { method: 'post', route: '/v1/imports', status: 202, seconds: 0.2 }
  metrics.httpRequest(request)
  metrics.httpRequest(request)
  metrics.httpRequest({ method: 'GET', route: undefined, status: 404, seconds: 0 })
  expect(await scrape(metrics, 'bulk_import_export_http_requests_total')).toEqual([
    '# HELP bulk_import_export_http_requests_total HTTP requests answered.',
    '# TYPE bulk_import_export_http_requests_total counter',
    'bulk_import_export_http_requests_total{method="POST",path="/v1/imports",status="202"} 2',
    'bulk_import_export_http_requests_total{method="GET",path="unmatched",status="404"} 1',
  ])
})

test('http_request_duration_seconds is a histogram with the same labels', async () => {
  const metrics = prometheusMetrics({ resources })
  metrics.httpRequest({ method: 'GET', route: '/v1/exports', status: 200, seconds: 0.25 })
  metrics.httpRequest({ method: 'GET', route: '/v1/exports', status: 200, seconds: 400 })
  const labels = 'method="GET",path="/v1/exports",status="200"'
  expect(await scrape(metrics, 'bulk_import_export_http_request_duration_seconds')).toEqual([
    '# HELP bulk_import_export_http_request_duration_seconds Time from a request to the end of its answer.',
    '# TYPE bulk_import_export_http_request_duration_seconds histogram',
    `bulk_import_export_http_request_duration_seconds_sum{${labels}} 400.25`,
    `bulk_import_export_http_request_duration_seconds_count{${labels}} 2`,
  ])
  const { body } = await metrics.expose()
  const bucket = (le: string) =>
    `bulk_import_export_http_request_duration_seconds_bucket{le="${le}",${labels}}`
  expect(body).toContain(`${bucket('0.1')} 0\n`)
  expect(body).toContain(`${bucket('0.25')} 1\n`)
  expect(body).toContain(`${bucket('300')} 1\n`)
  expect(body).toContain(`${bucket('+Inf')} 2\n`)
})

test('jobs_total and job_duration_seconds count jobs that ended', async () => {
  const metrics = prometheusMetrics({ resources })
  metrics.jobEnded({ kind: 'import', resource: 'users', status: 'completed', seconds: 1.5 })
  metrics.jobEnded({ kind: 'import', resource: 'articles', status: 'completed', seconds: 2 })
  metrics.jobEnded({ kind: 'export', resource: 'users', status: 'failed', seconds: 7 })
  expect(await scrape(metrics, 'bulk_import_export_jobs_total')).toEqual([
    '# HELP bulk_import_export_jobs_total Jobs that ended.',
    '# TYPE bulk_import_export_jobs_total counter',
    'bulk_import_export_jobs_total{type="import",resource="users",status="completed"} 1',
    'bulk_import_export_jobs_total{type="import",resource="articles",status="completed"} 1',
    'bulk_import_export_jobs_total{type="export",resource="users",status="failed"} 1',
  ])
  expect(await scrape(metrics, 'bulk_import_export_job_duration_seconds')).toEqual([
    '# HELP bulk_import_export_job_duration_seconds Time in which workers had a job, up to its end.',
    '# TYPE bulk_import_export_job_duration_seconds histogram',
    'bulk_import_export_job_duration_seconds_sum{type="import",status="completed"} 3.5',
    'bulk_import_export_job_duration_seconds_count{type="import",status="completed"} 2',
    'bulk_import_export_job_duration_seconds_sum{type="export",status="failed"} 7',
    'bulk_import_export_job_duration_seconds_count{type="export",status="failed"} 1',
  ])
})

test('records_processed_total adds up; a count of nothing, or less, changes nothing', async () => {
  const metrics = prometheusMetrics({ resources })
  for (const count of [5_000, 3, 0, -1, Number.NaN])
    metrics.records({ kind: 'import', resource: 'users', status: 'successful', count })
  metrics.records({ kind: 'import', resource: 'users', status: 'failed', count: 2 })
  expect(await scrape(metrics, 'bulk_import_export_records_processed_total')).toEqual([
    '# HELP bulk_import_export_records_processed_total Records judged by imports and written by exports.',
    '# TYPE bulk_import_export_records_processed_total counter',
    'bulk_import_export_records_processed_total{type="import",resource="users",status="successful"} 5003',
    'bulk_import_export_records_processed_total{type="import",resource="users",status="failed"} 2',
  ])
})

test('active_jobs is there from the beginning, rises, falls, and never below zero', async () => {
  const metrics = prometheusMetrics({ resources })
  const values = async () => (await scrape(metrics, 'bulk_import_export_active_jobs')).slice(1)
  const lines = (imports: number, exports: number) => [
    '# TYPE bulk_import_export_active_jobs gauge',
    `bulk_import_export_active_jobs{type="import"} ${imports}`,
    `bulk_import_export_active_jobs{type="export"} ${exports}`,
  ]
  expect(await values()).toEqual(lines(0, 0))
  metrics.jobStarted({ kind: 'import' })
  metrics.jobStarted({ kind: 'import' })
  metrics.jobStarted({ kind: 'export' })
  expect(await values()).toEqual(lines(2, 1))
  // A job of another worker, or one that was never started.
  metrics.jobEnded({ kind: 'import', resource: 'users', status: 'cancelled', seconds: 0 })
  expect(await values()).toEqual(lines(2, 1))
  metrics.jobStopped({ kind: 'import' })
  metrics.jobStopped({ kind: 'export' })
  metrics.jobStopped({ kind: 'export' })
  expect(await values()).toEqual(lines(1, 0))
  metrics.jobStarted({ kind: 'export' })
  expect(await values()).toEqual(lines(1, 1))
})

test('these eight and nothing else are exposed, in the text format of Prometheus', async () => {
  const { contentType, body } = await prometheusMetrics({ resources }).expose()
  expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(body.split('\n').filter(line => line.startsWith('# TYPE '))).toEqual([
    '# TYPE bulk_import_export_http_requests_total counter',
    '# TYPE bulk_import_export_http_request_duration_seconds histogram',
    '# TYPE bulk_import_export_jobs_total counter',
    '# TYPE bulk_import_export_job_duration_seconds histogram',
    '# TYPE bulk_import_export_records_processed_total counter',
    '# TYPE bulk_import_export_verified_files_total counter',
    '# TYPE bulk_import_export_cleaned_total counter',
    '# TYPE bulk_import_export_waiting_jobs gauge',
    '# TYPE bulk_import_export_active_jobs gauge',
  ])
})

test('waiting_jobs reports how many jobs wait for what, and no unknown labels', async () => {
  const metrics = prometheusMetrics({ resources })
  metrics.waiting?.({ code: 'STORAGE_UNAVAILABLE', jobs: 3 })
  metrics.waiting?.({ code: 'DATABASE_UNAVAILABLE', jobs: 2 })
  metrics.waiting?.({ code: 'DATABASE_UNAVAILABLE', jobs: 0 })
  metrics.waiting?.({ code: 'INVENTED', jobs: 1 })
  const values = (await scrape(metrics, 'bulk_import_export_waiting_jobs')).filter(line =>
    /[1-9]$/.test(line),
  )
  expect(values).toEqual([
    'bulk_import_export_waiting_jobs{code="STORAGE_UNAVAILABLE"} 3',
    'bulk_import_export_waiting_jobs{code="other"} 1',
  ])
})

test('hostile labels stay within a bound', async () => {
  const metrics = prometheusMetrics({ resources })
  for (let count = 0; count < 1_000; count++) {
    const text = `x${count}"\n`
    metrics.httpRequest({ method: text, route: `/v1/${count}`, status: 1_000 + count, seconds: Number.NaN })
    metrics.jobEnded({ kind: 'import', resource: text, status: text, seconds: -1 })
    metrics.records({ kind: 'import', resource: text, status: text, count: 1 })
  }
  const requests = await scrape(metrics, 'bulk_import_export_http_requests_total')
  expect(requests.length).toBe(2 + 200 + 1)
  expect(requests.at(-1)).toBe(
    'bulk_import_export_http_requests_total{method="other",path="other",status="other"} 800',
  )
  expect((await scrape(metrics, 'bulk_import_export_jobs_total')).slice(2)).toEqual([
    'bulk_import_export_jobs_total{type="import",resource="other",status="other"} 1000',
  ])
  expect((await scrape(metrics, 'bulk_import_export_records_processed_total')).slice(2)).toEqual([
    'bulk_import_export_records_processed_total{type="import",resource="other",status="other"} 1000',
  ])
})

test('prefix and registry are options, and a name that is taken is reported', async () => {
  const register = new Registry()
  const metrics = prometheusMetrics({ resources, prefix: 'acme_', register })
  metrics.jobStarted({ kind: 'import' })
  expect(await register.metrics()).toContain('acme_active_jobs{type="import"} 1')
  const taken = expect.objectContaining({ code: 'CONFIG_INVALID' })
  expect(() => prometheusMetrics({ resources, prefix: 'acme_', register })).toThrow(taken)
  expect(() => prometheusMetrics({ resources, prefix: '1-' })).toThrow(taken)
  prometheusMetrics({ resources })
  prometheusMetrics({ resources })
})

test('metrics without a registry accept everything', () => {
  noopMetrics.httpRequest({ method: 'GET', route: undefined, status: 200, seconds: 1 })
  noopMetrics.jobStarted({ kind: 'import' })
  noopMetrics.jobStopped({ kind: 'import' })
  noopMetrics.jobEnded({ kind: 'import', resource: 'users', status: 'completed', seconds: 1 })
  noopMetrics.records({ kind: 'import', resource: 'users', status: 'failed', count: 1 })
})

test('cleaned_total counts what the janitor deletes, by kind; unknown kinds are not labels', async () => {
  const metrics = prometheusMetrics({ resources })
  for (const count of [3, 2, 0, -1, Number.NaN]) metrics.cleaned?.({ kind: 'spool', count })
  metrics.cleaned?.({ kind: 'anything' as 'spool', count: 1 })
  expect(await scrape(metrics, 'bulk_import_export_cleaned_total')).toEqual([
    '# HELP bulk_import_export_cleaned_total What the janitor has deleted, by kind.',
    '# TYPE bulk_import_export_cleaned_total counter',
    'bulk_import_export_cleaned_total{kind="export_file"} 0',
    'bulk_import_export_cleaned_total{kind="spool"} 5',
    'bulk_import_export_cleaned_total{kind="job"} 0',
    'bulk_import_export_cleaned_total{kind="idempotency_key"} 0',
    'bulk_import_export_cleaned_total{kind="orphan"} 0',
    'bulk_import_export_cleaned_total{kind="unfinished"} 0',
  ])
})

test('verified_files_total counts stored files that were verified, by the result', async () => {
  const metrics = prometheusMetrics({ resources })
  for (const state of ['whole', 'whole', 'corrupt', 'anything' as 'whole'] as const) {
    metrics.verified?.({ state, bytes: 10 })
  }
  expect(await scrape(metrics, 'bulk_import_export_verified_files_total')).toEqual([
    '# HELP bulk_import_export_verified_files_total Stored files that were read once more, by what was found.',
    '# TYPE bulk_import_export_verified_files_total counter',
    'bulk_import_export_verified_files_total{state="whole"} 2',
    'bulk_import_export_verified_files_total{state="corrupt"} 1',
    'bulk_import_export_verified_files_total{state="missing"} 0',
    'bulk_import_export_verified_files_total{state="elsewhere"} 0',
  ])
})
