// THE list of hooks: every function that an application hands to Lading, what kind it is, and one use of it.
import type { HttpMetrics } from '../../src/http/index.ts'
import { type Metrics, memoryStorage, noopMetrics } from '../../src/index.ts'
import { exported, imported } from './bed.ts'
import { brokenOnce } from './broken-once.ts'
import type { HookCase } from './hook-case.ts'

const importing = { result: imported }
const exporting = { result: exported }
const nothing = () => undefined
const ended = { status: 'completed', successful: 2 }

const metrics = (hook: Partial<Metrics>): Metrics => ({ ...noopMetrics, ...hook })
const counting = (hook: Partial<HttpMetrics>): HttpMetrics => ({ httpRequest: nothing, ...hook })

export const allHooks: readonly HookCase[] = [
  {
    name: 'transform',
    kind: 'at once',
    good: text => text,
    ...importing,
    use: (bed, transform) => bed.importing({ resource: { fields: { name: { transform } } } }),
  },
  {
    name: 'check',
    kind: 'at once',
    good: nothing,
    ...importing,
    use: (bed, check) => bed.importing({ resource: { check } }),
  },
  {
    name: 'lookUp',
    kind: 'answer',
    good: nothing,
    ...importing,
    use: (bed, lookUp, signal) => bed.importing({ resource: { lookUp }, run: { signal } }),
  },
  {
    name: 'scope of an import',
    kind: 'answer',
    code: 'SCOPE_FAILED',
    good: () => ({}),
    ...importing,
    use: (bed, scope, signal) => bed.importing({ resource: { scope }, run: { signal } }),
  },
  {
    name: 'scope of an export',
    kind: 'answer',
    code: 'SCOPE_FAILED',
    good: () => ({}),
    ...exporting,
    use: (bed, scope) => bed.exporting({ resource: { scope } }),
  },
  {
    name: 'session of an importer',
    kind: 'answer',
    good: () => ({}),
    ...importing,
    use: (bed, session, signal) => bed.importing({ importer: { session }, run: { signal } }),
  },
  {
    name: 'session of an exporter',
    kind: 'answer',
    good: () => ({}),
    ...exporting,
    use: (bed, session) => bed.exporting({ exporter: { session } }),
  },
  {
    name: 'printRow',
    kind: 'at once',
    good: row => row,
    ...exporting,
    use: (bed, printRow) => bed.exporting({ resource: { printRow } }),
  },
  {
    name: 'keyOf of a spool',
    kind: 'at once',
    good: file => file,
    result: true,
    use: (bed, keyOf) =>
      bed.exporting({}, exporter => exporter.bundle({ spool: { storage: memoryStorage(), keyOf } })),
  },
  {
    name: 'onError of a run',
    kind: 'within',
    good: nothing,
    ...importing,
    use: (bed, onError, signal) => bed.importing({ run: { onError, signal } }),
  },
  {
    name: 'onProgress of a run',
    kind: 'within',
    good: nothing,
    ...importing,
    use: (bed, onProgress, signal) => bed.importing({ run: { onProgress, signal } }),
  },
  {
    name: 'onRows of a stream',
    kind: 'within',
    good: nothing,
    ...exporting,
    use: (bed, onRows) => bed.exporting({ stream: { onRows } }),
  },
  {
    name: 'onRows of a stream with printRow',
    kind: 'within',
    good: nothing,
    ...exporting,
    use: (bed, onRows) => bed.exporting({ resource: { printRow: row => row }, stream: { onRows } }),
  },
  {
    name: 'onProgress of a stream',
    kind: 'within',
    good: nothing,
    ...exporting,
    use: (bed, onProgress) => bed.exporting({ stream: { onProgress } }),
  },
  {
    name: 'onRows of a bundle',
    kind: 'within',
    good: nothing,
    result: true,
    use: (bed, onRows) => bed.exporting({}, exporter => exporter.bundle({ onRows })),
  },
  {
    name: 'onProgress of a bundle',
    kind: 'within',
    good: nothing,
    result: true,
    use: (bed, onProgress) => bed.exporting({}, exporter => exporter.bundle({ onProgress })),
  },
  {
    name: 'onJobEnd',
    kind: 'told',
    good: nothing,
    result: ended,
    use: (bed, onJobEnd) => bed.working({ onJobEnd }),
  },
  {
    name: 'onError of jobs',
    kind: 'told',
    isLog: true,
    good: nothing,
    result: ended,
    // Something has to go wrong for it to be called.
    use: (bed, onError) =>
      bed.working({
        onError,
        metrics: metrics({
          jobStarted() {
            throw new Error('for the log')
          },
        }),
      }),
  },
  {
    name: 'onError of a queue',
    kind: 'told',
    isLog: true,
    good: nothing,
    result: 2,
    use: (bed, onError) => bed.delivering({ onError }),
  },
  ...(['jobStarted', 'jobStopped', 'jobEnded', 'records'] as const).map(
    (name): HookCase => ({
      name: `metrics.${name}`,
      kind: 'told',
      good: nothing,
      result: ended,
      use: (bed, hook) => bed.working({ metrics: metrics({ [name]: hook }) }),
    }),
  ),
  {
    name: 'onOutage',
    kind: 'told',
    good: nothing,
    result: ended,
    use: (bed, onOutage) => bed.working({ onOutage, storage: brokenOnce() }),
  },
  {
    name: 'metrics.waiting',
    kind: 'told',
    good: nothing,
    result: ended,
    use: (bed, waiting) => bed.working({ metrics: metrics({ waiting }), storage: brokenOnce() }),
  },
  {
    name: 'metrics.verified',
    kind: 'told',
    good: nothing,
    result: 'whole',
    use: (bed, verified) => bed.verifying(verified),
  },
  {
    name: 'onWait',
    kind: 'told',
    isLog: true,
    good: nothing,
    result: 2,
    use: (bed, onWait) => bed.waiting(onWait),
  },
  {
    name: 'metrics.cleaned',
    kind: 'told',
    good: nothing,
    result: 6,
    use: (bed, cleaned) => bed.cleaning({ metrics: metrics({ cleaned }) }),
  },
  {
    name: 'metrics.httpRequest',
    kind: 'told',
    good: nothing,
    result: 200,
    use: (bed, httpRequest) => bed.asking('/live', { metrics: counting({ httpRequest }) }),
  },
  {
    name: 'metrics.expose',
    kind: 'answer',
    good: () => 'metrics',
    result: 200,
    use: (bed, expose) => bed.asking('/metrics', { metrics: counting({ expose }) }),
  },
  {
    name: 'onFault',
    kind: 'told',
    isLog: true,
    good: nothing,
    result: 500,
    unharmed: 'HOOK_FAILED',
    use: (bed, onFault) => bed.asking('/metrics', { onFault, metrics: counting({ expose: throwing }) }),
  },
  {
    name: 'isDraining',
    kind: 'at once',
    good: () => false,
    result: 200,
    use: (bed, isDraining) => bed.asking('/ready', { isDraining }),
  },
  {
    name: 'authorize',
    kind: 'answer',
    good: () => ({}),
    result: 200,
    use: (bed, authorize) => bed.asking('/v1/imports', { authorize }),
  },
  {
    name: 'principal',
    kind: 'answer',
    good: () => 'ann',
    result: 200,
    use: (bed, principal) => bed.asking('/v1/imports', {}, principal),
  },
]

function throwing(): never {
  throw new Error('nothing to expose')
}
