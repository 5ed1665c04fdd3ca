// Metrics for Prometheus, through prom-client: an optional peer, loaded only where this file is imported.
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { outageCodes } from '../errors/fault-table.ts'
import { LadingError } from '../errors/lading-error.ts'
import { knownOrOther, methodLabel, routeLabels, statusLabel } from './labels.ts'
import type { CleanedKind, Metrics, VerifiedState, WorkKind } from './metrics.ts'

export interface PrometheusOptions {
  /** The resources whose names may be labels; any other name becomes `other`. */
  readonly resources: readonly { readonly name: string }[]
  /** Prefix of all metric names. @defaultValue `bulk_import_export_` */
  readonly prefix?: string | undefined
  /** Registry for the metrics, to expose them together with others. @defaultValue a registry of its own */
  readonly register?: Registry | undefined
}

export interface PrometheusMetrics extends Metrics {
  readonly register: Registry
  /** Renders the response to a scrape. */
  expose(): Promise<{ readonly contentType: string; readonly body: string }>
}

/** Seconds: from a cached response to an upload of minutes. */
const requestBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]
/** Seconds: from a few records to an import of an hour. */
const jobBuckets = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600]

const cleanedKinds: readonly CleanedKind[] = [
  'export_file',
  'spool',
  'job',
  'idempotency_key',
  'orphan',
  'unfinished',
]
const verifiedStates: readonly VerifiedState[] = ['whole', 'corrupt', 'missing', 'elsewhere']
const kinds: readonly WorkKind[] = ['import', 'export']
const jobStatus = knownOrOther(['completed', 'failed', 'cancelled'])
const outageCode = knownOrOther(outageCodes)
const recordStatus = knownOrOther(['successful', 'failed'])

/**
 * Creates nine metrics, with the names and labels of the documentation.
 *
 * @example
 * const metrics = prometheusMetrics({ resources })
 * const { contentType, body } = await metrics.expose()
 *
 * @throws LadingError `CONFIG_INVALID` for a prefix that is not valid in a metric name, or a name that is already registered.
 */
export function prometheusMetrics({
  resources,
  prefix = 'bulk_import_export_',
  register = new Registry(),
}: PrometheusOptions): PrometheusMetrics {
  const {
    requests,
    requestSeconds,
    jobs,
    jobSeconds,
    recordsProcessed,
    activeJobs,
    waitingJobs,
    cleanedObjects,
    verifiedFiles,
  } = defineMetrics(prefix, register)
  const resourceLabel = knownOrOther(resources.map(({ name }) => name))
  const routeLabel = routeLabels()
  const active = { import: 0, export: 0 }
  for (const type of kinds) activeJobs.set({ type }, 0)
  for (const code of outageCodes) waitingJobs.set({ code }, 0)
  for (const kind of cleanedKinds) cleanedObjects.inc({ kind }, 0)
  for (const state of verifiedStates) verifiedFiles.inc({ state }, 0)

  return {
    register,

    httpRequest({ method, route, status, seconds }) {
      const labels = { method: methodLabel(method), path: routeLabel(route), status: statusLabel(status) }
      requests.inc(labels)
      requestSeconds.observe(labels, duration(seconds))
    },

    jobStarted({ kind }) {
      activeJobs.set({ type: kind }, ++active[kind])
    },

    jobStopped({ kind }) {
      // A job may have started before this object was created; the gauge must not go below zero.
      active[kind] = Math.max(0, active[kind] - 1)
      activeJobs.set({ type: kind }, active[kind])
    },

    jobEnded({ kind, resource, status, seconds }) {
      jobs.inc({ type: kind, resource: resourceLabel(resource), status: jobStatus(status) })
      jobSeconds.observe({ type: kind, status: jobStatus(status) }, duration(seconds))
    },

    records({ kind, resource, status, count }) {
      // prom-client throws for negative values and for values that are not numbers.
      if (!Number.isFinite(count) || count <= 0) return
      const labels = { type: kind, resource: resourceLabel(resource), status: recordStatus(status) }
      recordsProcessed.inc(labels, count)
    },

    waiting({ code, jobs }) {
      waitingJobs.set({ code: outageCode(code) }, Math.max(0, jobs))
    },

    cleaned({ kind, count }) {
      if (cleanedKinds.includes(kind) && Number.isFinite(count) && count > 0)
        cleanedObjects.inc({ kind }, count)
    },

    verified({ state }) {
      if (verifiedStates.includes(state)) verifiedFiles.inc({ state })
    },

    async expose() {
      return { contentType: register.contentType, body: await register.metrics() }
    },
  }
}

function defineMetrics(prefix: string, register: Registry) {
  // Prometheus, "Metric names and labels".
  if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(prefix)) {
    throw new LadingError('CONFIG_INVALID', `The prefix "${prefix}" is not valid in a metric name.`)
  }
  const registers = [register]
  const metricOptions = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) => {
    if (register.getSingleMetric(`${prefix}${name}`) !== undefined) {
      throw new LadingError(
        'CONFIG_INVALID',
        `The metric ${prefix}${name} is already registered; reuse the metrics object, or use another prefix.`,
      )
    }
    return { name: `${prefix}${name}`, help, labelNames, registers }
  }
  return {
    requests: new Counter(
      metricOptions('http_requests_total', 'HTTP requests answered.', ['method', 'path', 'status']),
    ),
    requestSeconds: new Histogram({
      ...metricOptions('http_request_duration_seconds', 'Time from a request to the end of its answer.', [
        'method',
        'path',
        'status',
      ]),
      buckets: requestBuckets,
    }),
    jobs: new Counter(metricOptions('jobs_total', 'Jobs that ended.', ['type', 'resource', 'status'])),
    jobSeconds: new Histogram({
      ...metricOptions('job_duration_seconds', 'Time in which workers had a job, up to its end.', [
        'type',
        'status',
      ]),
      buckets: jobBuckets,
    }),
    recordsProcessed: new Counter(
      metricOptions('records_processed_total', 'Records judged by imports and written by exports.', [
        'type',
        'resource',
        'status',
      ]),
    ),
    verifiedFiles: new Counter(
      metricOptions('verified_files_total', 'Stored files that were read once more, by what was found.', [
        'state',
      ]),
    ),
    cleanedObjects: new Counter(
      metricOptions('cleaned_total', 'What the janitor has deleted, by kind.', ['kind']),
    ),
    waitingJobs: new Gauge(
      metricOptions(
        'waiting_jobs',
        'Jobs of this process that wait for shared infrastructure, by what they wait for.',
        ['code'],
      ),
    ),
    activeJobs: new Gauge(metricOptions('active_jobs', 'Jobs that this process works on now.', ['type'])),
  }
}

/** A clock that was set back, or a missing measurement, must not throw. */
function duration(seconds: number): number {
  return Number.isFinite(seconds) ? Math.max(0, seconds) : 0
}
