// What a transaction makes due: messages to the queue, in it or behind its commit, and word of the jobs that it ends.
import { LadingError } from '../../errors/lading-error.ts'
import type { Client } from '../../postgres/client.ts'
import type { Queue, QueueMessage } from '../../queue/queue.ts'
import type { JobRow } from './job-row.ts'

export interface Outbox {
  /** @throws LadingError `QUEUE_FULL`, and the transaction has to be given up */
  send(client: Client, message: QueueMessage): Promise<void>
  /** The same for a job that exists already: if the queue is full, the sweep brings it later. */
  sendIfRoom(client: Client, message: QueueMessage): Promise<void>
  /** For each job that the transaction ends, but for one that completes: its worker tells. */
  ended(job: JobRow): void
  /** The same for a job that nobody need begin any more: its place in the queue is free with it. */
  dropped(client: Client, job: JobRow): Promise<void>
  /** To be called behind the commit. @throws whatever the queue throws that cannot join transactions */
  flush(): Promise<void>
  /** The same for jobs that exist already. */
  flushIfRoom(): Promise<void>
}

/** One for each transaction. */
export type NewOutbox = () => Outbox

/** @param onEnded hears of the jobs that were ended, behind the commit */
export function createOutbox(queue: Queue, onEnded: (job: JobRow) => void): Outbox {
  const later: QueueMessage[] = []
  const ends: JobRow[] = []
  const drops: string[] = []
  const send = async (client: Client, message: QueueMessage) => {
    if (queue.joinsTransactions) await queue.enqueue(message, { client })
    else later.push(message)
  }
  const flush = async () => {
    for (const job of ends.splice(0)) onEnded(job)
    // A message that stays is delivered to a worker that finds nothing to do.
    for (const id of drops.splice(0)) await queue.forget?.(id).catch(() => undefined)
    for (const message of later.splice(0)) await queue.enqueue(message)
  }
  return {
    send,
    async sendIfRoom(client, message) {
      await send(client, message).catch(error => {
        if (!(error instanceof LadingError) || error.code !== 'QUEUE_FULL') throw error
      })
    },
    ended: job => void ends.push(job),
    async dropped(client, job) {
      ends.push(job)
      // Not behind the commit where it can be helped: a retry that comes at once must keep its message.
      if (queue.joinsTransactions) await queue.forget?.(job.id, { client })
      else drops.push(job.id)
    },
    flush,
    flushIfRoom: () => flush().catch(() => undefined),
  }
}

/** What of a job tells who takes it up, and in whose turn. */
export type Addressed = Pick<
  JobRow,
  'id' | 'kind' | 'resource' | 'source_key' | 'source_storage' | 'tenant' | 'principal'
>

/** The columns of `Addressed`. */
export const addressedColumns = 'id, kind, resource, source_key, source_storage, tenant, principal'

/** Each caller has a turn of his own where files are fetched: how long that takes is up to servers that he chose. */
export function messageOf(job: Addressed): QueueMessage {
  const { id, kind, resource, source_key, source_storage: storage, tenant, principal } = job
  if (kind === 'export') return { jobId: id, kind, resource }
  if (source_key !== null) return { jobId: id, kind, resource, ...(storage !== null && { storage }) }
  return { jobId: id, kind: 'fetch', resource: tenant || principal || resource }
}
