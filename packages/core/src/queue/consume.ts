// One consumer: claims messages while handlers are free, hands them over, and acknowledges or releases them.
import { LadingError } from '../errors/lading-error.ts'
import { failpoint } from '../util/failpoint.ts'
import { patiently } from '../util/patiently.ts'
import { type Handling, keepClaims } from './claims.ts'
import type { Delivery, MessageStore, Subscribe } from './message-store.ts'
import type { QueueSettings } from './options.ts'
import { pauseOf } from './pauses.ts'
import type { ConsumeOptions } from './queue.ts'
import { createTurns } from './turns.ts'
import { createWake, pause } from './wake.ts'

/** Milliseconds between two attempts while the queue does not answer; doubled up to the second. */
const firstPauseMs = 100
const longestPauseMs = 5_000

/** @param options.running where the handlers that run are kept; one set for each consumer */
export async function consume(
  store: MessageStore,
  subscribe: Subscribe,
  settings: QueueSettings,
  {
    kind,
    concurrency,
    concurrencyPerResource: perResource,
    storage,
    signal,
    handler,
    running,
  }: ConsumeOptions & { readonly running: Set<Handling> },
): Promise<void> {
  const turns = createTurns()
  const wake = createWake()
  let hasAnswered = false
  let outages = 0
  const stopAll = () => {
    for (const { stop } of running) stop.abort(signal.reason)
  }

  function start(delivery: Delivery): void {
    const stop = new AbortController()
    turns.begin(delivery.resource)
    const ended = handle(delivery, stop.signal).finally(() => {
      running.delete(handling)
      turns.end(delivery.resource)
      wake.ring()
    })
    const handling: Handling = { delivery, stop, ended }
    running.add(handling)
  }

  async function handle(delivery: Delivery, stop: AbortSignal): Promise<void> {
    const { jobId } = delivery
    try {
      await handler(jobId, { signal: stop })
    } catch (error) {
      const pauseMs = pauseOf(error)
      if (!stop.aborted && pauseMs === undefined) settings.report(error, jobId)
      const delayMs = stop.aborted
        ? 0
        : Math.min(settings.maxBackoffMs, pauseMs ?? settings.backoff(delivery.deliveries))
      return told(() => store.release(delivery, delayMs), jobId)
    }
    failpoint('after_done_before_queue_ack')
    // Without it the message comes again, which is allowed.
    await told(() => store.acknowledge(delivery), jobId)
  }

  /** Said again while the queue does not answer: otherwise the message would be hidden until its timeout. */
  async function told(say: () => Promise<void>, jobId: string): Promise<void> {
    const report = (error: unknown) => settings.report(error, jobId)
    await patiently(say, { forMs: settings.visibilityMs, signal, onFailure: report }).catch(report)
  }

  /** Fills the free places. Returns false if the queue did not answer. */
  async function claim(): Promise<boolean> {
    const free = concurrency - running.size
    if (free === 0) return true
    try {
      const wanted = { kind, count: free, turns: turns.list(), perResource, storage }
      const deliveries = await store.claim(wanted, signal)
      if (signal.aborted) await Promise.all(deliveries.map(delivery => store.release(delivery, 0)))
      else deliveries.forEach(start)
      return true
    } catch (error) {
      if (signal.aborted) return true
      if (!hasAnswered && error instanceof LadingError && !error.retryable) throw error
      settings.report(error)
      return false
    }
  }

  const unsubscribe = subscribe(kind, wake.ring)
  const stopRenewing = keepClaims(store, running, settings.visibilityMs / 3, settings.report)
  signal.addEventListener('abort', stopAll, { once: true })
  try {
    while (!signal.aborted) {
      if (await claim()) {
        hasAnswered = true
        outages = 0
        await wake.wait(running.size < concurrency ? settings.pollMs : undefined, signal)
      } else {
        await pause(Math.min(longestPauseMs, firstPauseMs * 2 ** outages++), signal)
      }
    }
  } finally {
    await Promise.all([...running].map(({ ended }) => ended))
    signal.removeEventListener('abort', stopAll)
    await stopRenewing()
    await unsubscribe()
  }
}
