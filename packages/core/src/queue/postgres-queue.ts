// Wake-ups by NOTIFY in the jobs' own database: sent with the commit that makes a job ready.
import { once } from 'node:events'
import { LadingError } from '../errors/lading-error.ts'
import { type Pool, poolSize } from '../postgres/pool/client.ts'
import { databaseFault } from '../postgres/sqlstate.ts'
import { channel, interruptPayload, listenOn } from './listener.ts'
import { createListeners, type Listeners } from './listeners.ts'
import type { Queue } from './queue.ts'
import { runOnCheckout, type Statement } from './run-on-checkout.ts'

/** With fewer connections, workers would miss the one that only listens. */
const leastPoolToListen = 3

export interface PostgresQueueOptions {
  /**
   * Whether each working process keeps one connection of the pool to listen, so that jobs start at once. Without it they
   * start when a worker polls (`pollMs`). Set it to false behind a pooler in transaction mode, which drops
   * notifications. @defaultValue true if the pool has 3 connections or more
   */
  readonly listen?: boolean | undefined
}

/**
 * Needs no pool: `createJobs` gives it the pool of the jobs.
 *
 * @example
 * const jobs = createJobs({ importer, exporter, queue: postgresQueue(), storage: fileStorage('./data') })
 */
export function postgresQueue({ listen }: PostgresQueueOptions = {}): Queue {
  const listeners = createListeners()
  const close = () => listeners.close()
  return {
    joinsTransactions: true,
    withPool: pool => ({ ...onPool(pool, listen ?? poolSize(pool) >= leastPoolToListen, listeners), close }),
    wake: withoutPool,
    interrupt: withoutPool,
    listen: withoutPool,
    check: withoutPool,
    close,
  }
}

function onPool(pool: Pool, listens: boolean, listeners: Listeners): Queue {
  const run = async (statement: Statement) => {
    await runOnCheckout(pool, statement).catch(rethrow)
  }
  return {
    joinsTransactions: true,

    async wake(lane, { client } = {}) {
      if (client === undefined) await run(notification(lane))
      else await client.query(notifySql, [channel, lane]).catch(rethrow)
    },

    async interrupt(jobId) {
      // First in this process, which may have no listening connection.
      listeners.interrupt(jobId)
      await run(notification(interruptPayload(jobId)))
    },

    listen: listener =>
      listeners.hold(listener, async signal => {
        const { lanes, onWake, onInterrupt, onError } = listener
        // A connection that is being closed may still bring what was sent before.
        const hearing = {
          onWake(lane: string | undefined) {
            if (!signal.aborted && (lane === undefined || lanes.includes(lane))) onWake(lane)
          },
          onInterrupt(jobId: string) {
            if (!signal.aborted) onInterrupt(jobId)
          },
          onError,
        }
        const connection = listens ? listenOn(pool, hearing) : undefined
        if (!signal.aborted) await once(signal, 'abort')
        await connection?.close()
      }),

    check: () => run({ text: 'select 1', values: [] }),
  }
}

const notifySql = 'select pg_notify($1, $2)'

function notification(payload: string): Statement {
  return { text: notifySql, values: [channel, payload] }
}

function rethrow(error: unknown): never {
  throw databaseFault(error)
}

async function withoutPool(): Promise<never> {
  throw new LadingError('CONFIG_INVALID', 'This queue has no pool yet; hand it to createJobs first.')
}
