// Hooks of jobs, queues, metrics and the server.
import type { HttpMetrics } from '../../src/http/index.ts'
import { type Metrics, noopMetrics } from '../../src/index.ts'
import { brokenOnce } from './broken-once.ts'
import type { HookCase } from './hook-case.ts'

const nothing = () => undefined
const ended = { status: 'completed', successful: 2 }

const metrics = (hook: Partial<Metrics>): Metrics => ({ ...noopMetrics, ...hook })
const counting = (hook: Partial<HttpMetrics>): HttpMetrics => ({ httpRequest: nothing, ...hook })

export const serviceHooks: readonly HookCase[] = [
  {
    name: 'onJobEnd',
    kind: 'listener',
    good: nothing,
    result: ended,
    use: (harness, onJobEnd) => harness.working({ onJobEnd }),
  },
  {
    name: 'onError of jobs',
    kind: 'listener',
    isLog: true,
    good: nothing,
    result: ended,
    // Something has to go wrong for it to be called.
    use: (harness, onError) =>
      harness.working({
        onError,
        metrics: metrics({
          jobStarted() {
            throw new Error('for the log')
          },
        }),
      }),
  },
  ...(['jobStarted', 'jobStopped', 'jobEnded', 'records'] as const).map(
    (name): HookCase => ({
      name: `metrics.${name}`,
      kind: 'listener',
      good: nothing,
      result: ended,
      use: (harness, hook) => harness.working({ metrics: metrics({ [name]: hook }) }),
    }),
  ),
  {
    name: 'onOutage',
    kind: 'listener',
    good: nothing,
    result: ended,
    use: (harness, onOutage) => harness.working({ onOutage, storage: brokenOnce() }),
  },
  {
    name: 'metrics.waiting',
    kind: 'listener',
    good: nothing,
    result: ended,
    use: (harness, waiting) => harness.working({ metrics: metrics({ waiting }), storage: brokenOnce() }),
  },
  {
    name: 'metrics.verified',
    kind: 'listener',
    good: nothing,
    result: 'whole',
    use: (harness, verified) => harness.verifying(verified),
  },
  {
    name: 'onWait',
    kind: 'listener',
    isLog: true,
    good: nothing,
    result: 2,
    use: (harness, onWait) => harness.waiting(onWait),
  },
  {
    name: 'metrics.cleaned',
    kind: 'listener',
    good: nothing,
    result: 6,
    use: (harness, cleaned) => harness.cleaning({ metrics: metrics({ cleaned }) }),
  },
  {
    name: 'metrics.httpRequest',
    kind: 'listener',
    good: nothing,
    result: 200,
    use: (harness, httpRequest) => harness.asking('/live', { metrics: counting({ httpRequest }) }),
  },
  {
    name: 'metrics.expose',
    kind: 'answer',
    good: () => 'metrics',
    result: 200,
    use: (harness, expose) => harness.asking('/metrics', { metrics: counting({ expose }) }),
  },
  {
    name: 'onFault',
    kind: 'listener',
    isLog: true,
    good: nothing,
    result: 500,
    unharmed: 'HOOK_FAILED',
    use: (harness, onFault) =>
      harness.asking('/metrics', { onFault, metrics: counting({ expose: throwing }) }),
  },
  {
    name: 'isDraining',
    kind: 'at once',
    good: () => false,
    result: 200,
    use: (harness, isDraining) => harness.asking('/ready', { isDraining }),
  },
  {
    name: 'authorize',
    kind: 'answer',
    good: () => ({}),
    result: 200,
    use: (harness, authorize) => harness.asking('/v1/imports', { authorize }),
  },
  {
    name: 'principal',
    kind: 'answer',
    good: () => 'ann',
    result: 200,
    use: (harness, principal) => harness.asking('/v1/imports', {}, principal),
  },
]

function throwing(): never {
  throw new Error('nothing to expose')
}
