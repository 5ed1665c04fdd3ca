// Whether the parts that jobs depend on answer, each within a time.
import { setTimeout } from 'node:timers/promises'
import { type Pool, withClient } from '../postgres/client.ts'
import type { Queue } from '../queue/queue.ts'
import type { Storage } from '../storage/storage.ts'

/** Whether each part that jobs depend on answers. */
export interface Health {
  readonly database: boolean
  readonly storage: boolean
  readonly queue: boolean
}

/** A probe that is silent for so long has failed. */
const probeMs = 2_000

export async function probe(pool: Pool, storage: Storage, queue: Queue): Promise<Health> {
  const [database, stored, queued] = await Promise.all([
    answers(withClient(pool, client => client.query('select 1'))),
    answers(storage.stat('health/probe')),
    answers(queue.depth('import')),
  ])
  return { database, storage: stored, queue: queued }
}

async function answers(asked: Promise<unknown>): Promise<boolean> {
  const patience = new AbortController()
  const tooLate = setTimeout(probeMs, false, { signal: patience.signal }).catch(() => false)
  const answer = await Promise.race([asked.then(() => true).catch(() => false), tooLate])
  patience.abort()
  return answer
}
