// Whether the parts that jobs depend on answer, each within a time.
import { setTimeout } from 'node:timers/promises'
import { type Pool, withClient } from '../postgres/pool/client.ts'
import type { Queue } from '../queue/queue.ts'
import { identityOf } from '../storage/identity.ts'
import type { Storage } from '../storage/storage.ts'
import { unservedStorages } from './store/files/served-storages.ts'
import type { Outages } from './work/outages.ts'

/** Whether each part that jobs depend on answers. */
export interface Health {
  readonly database: boolean
  readonly storage: boolean
  readonly queue: boolean
  /** Storages that hold files of jobs which could begin, and that no worker has had for a while. Such jobs wait. */
  readonly waitingForStorages?: readonly string[]
  /** What jobs of this process wait for, such as `DATABASE_UNAVAILABLE`. */
  readonly waitingFor?: readonly Waiting[]
}

export interface Waiting {
  readonly code: string
  readonly since: Date
  readonly jobs: number
}

/** A probe that is silent for so long has failed. */
const probeMs = 2_000

export async function probe(pool: Pool, storage: Storage, queue: Queue, outages: Outages): Promise<Health> {
  const [database, stored, queued, unserved] = await Promise.all([
    answers(withClient(pool, client => client.query('select 1'))),
    answers(Promise.all([storage.stat('health/probe'), identityOf(storage)])),
    answers(queue.check?.() ?? Promise.resolve()),
    inTime(unservedStorages(pool), []),
  ])
  const waitingForStorages = unserved.map(one => one.storage)
  return { database, storage: stored, queue: queued, waitingForStorages, waitingFor: outages.list() }
}

function answers(asked: Promise<unknown>): Promise<boolean> {
  return inTime(
    asked.then(() => true),
    false,
  )
}

/** @param otherwise what a part that fails or is silent stands for */
async function inTime<Answer>(asked: Promise<Answer>, otherwise: Answer): Promise<Answer> {
  const patience = new AbortController()
  const tooLate = setTimeout(probeMs, otherwise, { signal: patience.signal }).catch(() => otherwise)
  const answer = await Promise.race([asked.catch(() => otherwise), tooLate])
  patience.abort()
  return answer
}
