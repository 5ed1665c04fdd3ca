// What the cases of the queue suite share: a bed to try a queue in, and a consumer that writes down what it gets.
import { randomUUID } from 'node:crypto'
import type { Client } from '../../postgres/client.ts'
import type { ConsumeOptions, Queue, QueueKind } from '../../queue/queue.ts'

/** How the queue of a case is to be made. What a queue has no option for, it may leave out. */
export interface QueueSuiteSettings {
  /** Milliseconds until the message of a dead consumer is delivered again. */
  readonly visibilityMs: number
  /** Milliseconds until a message is delivered again after its handler rejected for the first time. */
  readonly backoffMs: number
  /** Milliseconds between two looks for what was not announced. */
  readonly pollMs: number
  readonly maxDepth?: number
}

/** An empty queue, and what some cases need beside it. */
export interface QueueBed {
  readonly queue: Queue
  /** Another queue object on the same messages, as in another process. Closed by the case. */
  another?(): Promise<Queue>
  /** Like `another`; after `cut` it can reach the messages no more, as if its process had died. */
  frail?(): Promise<{ readonly queue: Queue; cut(): Promise<void> }>
  /** A connection inside a transaction. */
  begin?(): Promise<{ readonly client: Client; commit(): Promise<void>; rollback(): Promise<void> }>
  cleanup(): Promise<void>
}

export type BedPart = 'another' | 'frail' | 'begin'

export interface QueueCase {
  readonly needs?: BedPart
  readonly settings?: Partial<QueueSuiteSettings>
  run(bed: Required<QueueBed>): Promise<void>
}

export interface Consumer {
  /** Ids in the order of delivery. */
  readonly delivered: string[]
  /** Resolves as `consume` does. */
  readonly ended: Promise<void>
  abort(): void
  /** Aborts, and waits for the end. */
  stop(): Promise<void>
}

export function consumer(
  queue: Queue,
  handler: ConsumeOptions['handler'] = async () => undefined,
  {
    kind = 'import',
    concurrency = 1,
    ...more
  }: { kind?: QueueKind } & Partial<
    Pick<ConsumeOptions, 'concurrency' | 'concurrencyPerResource' | 'storage'>
  > = {},
): Consumer {
  const delivered: string[] = []
  const abort = new AbortController()
  const ended = queue.consume({
    kind,
    concurrency,
    ...more,
    signal: abort.signal,
    handler: async (jobId, context) => {
      delivered.push(jobId)
      await handler(jobId, context)
    },
  })
  return {
    delivered,
    ended,
    abort: () => abort.abort(),
    async stop() {
      abort.abort()
      await ended
    },
  }
}

/** Enqueues that many imports, one after the other, and returns their ids. */
export async function enqueued(queue: Queue, count: number, resource = 'users'): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID())
  for (const jobId of ids) await queue.enqueue({ jobId, resource, kind: 'import' })
  return ids
}

/** A promise that is resolved from outside: holds handlers until a case lets them go. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  return { opened, open: () => open() }
}
