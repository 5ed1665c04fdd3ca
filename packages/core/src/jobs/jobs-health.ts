// Health checks: whether the database, the storage and the queue respond in time.
import { setTimeout } from 'node:timers/promises'
import { type Pool, withClient } from '../postgres/pool/checkout.ts'
import type { Queue } from '../queue/queue.ts'
import { identityOf } from '../storage/identity.ts'
import type { Storage } from '../storage/storage.ts'
import { unservedStorages } from './store/files/served-storages.ts'
import type { Outages } from './work/outages.ts'

/** Whether each dependency of the jobs responds. */
export interface Health {
  readonly database: boolean
  readonly storage: boolean
  readonly queue: boolean
  /**
   * Storages with files of jobs that are ready to start, but that no worker has served for a while. Those jobs wait.
   */
  readonly waitingForStorages?: readonly string[]
  /** What jobs of this process are waiting for, such as `DATABASE_UNAVAILABLE`. */
  readonly waitingFor?: readonly Waiting[]
}

export interface Waiting {
  readonly code: string
  readonly since: Date
  readonly jobs: number
}

/** Milliseconds after which a probe has failed. */
const probeMs = 2_000

export async function probe(pool: Pool, storage: Storage, queue: Queue, outages: Outages): Promise<Health> {
  const [database, stored, queued, unserved] = await Promise.all([
    answers(withClient(pool, client => client.query('select 1'))),
    answers(Promise.all([storage.stat('health/probe'), identityOf(storage)])),
    answers(queue.check?.() ?? Promise.resolve()),
    withFallback(unservedStorages(pool), []),
  ])
  const waitingForStorages = unserved.map(one => one.storage)
  return { database, storage: stored, queue: queued, waitingForStorages, waitingFor: outages.list() }
}

function answers(check: Promise<unknown>): Promise<boolean> {
  return withFallback(
    check.then(() => true),
    false,
  )
}

/** @param fallback the result if the check rejects or takes too long */
async function withFallback<Answer>(check: Promise<Answer>, fallback: Answer): Promise<Answer> {
  const timer = new AbortController()
  const timeout = setTimeout(probeMs, fallback, { signal: timer.signal }).catch(() => fallback)
  const answer = await Promise.race([check.catch(() => fallback), timeout])
  timer.abort()
  return answer
}
