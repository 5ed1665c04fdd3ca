// Wake-ups by NOTIFY in the database of the jobs: sent with the commit that makes a job ready.
import { once } from 'node:events'
import { LadingError } from '../errors/lading-error.ts'
import { type Pool, poolSize } from '../postgres/pool/checkout.ts'
import { databaseFault } from '../postgres/sqlstate.ts'
import { createListeners, type QueueListeners } from './listeners.ts'
import { channel, interruptPayload, listenOn } from './notify-channel.ts'
import type { Queue } from './queue.ts'
import { runOnCheckout, type Statement } from './run-on-checkout.ts'

/** In a smaller pool, workers would lack the connection that only listens. */
const minPoolToListen = 3

export interface PostgresQueueOptions {
  /**
   * Whether each worker process holds one connection of the pool to listen, so that jobs start at once. Without it,
   * jobs start when a worker polls (`pollMs`). Set it to false if a pooler in transaction mode is used, which drops
   * notifications. @defaultValue true if the pool has 3 connections or more
   */
  readonly listen?: boolean | undefined
}

/**
 * Creates a queue that uses the pool of the jobs, which `createJobs` passes to it.
 *
 * @example
 * const jobs = createJobs({ importer, exporter, queue: postgresQueue(), storage: fileStorage('./data') })
 */
export function postgresQueue({ listen }: PostgresQueueOptions = {}): Queue {
  const listeners = createListeners()
  const close = () => listeners.close()
  return {
    joinsTransactions: true,
    withPool: pool => ({ ...onPool(pool, listen ?? poolSize(pool) >= minPoolToListen, listeners), close }),
    wake: rejectWithoutPool,
    interrupt: rejectWithoutPool,
    listen: rejectWithoutPool,
    check: rejectWithoutPool,
    close,
  }
}

function onPool(pool: Pool, shouldListen: boolean, listeners: QueueListeners): Queue {
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
      // Interrupt in this process first, because it may have no listening connection.
      listeners.interrupt(jobId)
      await run(notification(interruptPayload(jobId)))
    },

    listen: listener =>
      listeners.run(listener, async signal => {
        const { lanes, onWake, onInterrupt, onError } = listener
        // A closing connection may still deliver earlier notifications.
        const filtered = {
          onWake(lane: string | undefined) {
            if (!signal.aborted && (lane === undefined || lanes.includes(lane))) onWake(lane)
          },
          onInterrupt(jobId: string) {
            if (!signal.aborted) onInterrupt(jobId)
          },
          onError,
        }
        const connection = shouldListen ? listenOn(pool, filtered) : undefined
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

async function rejectWithoutPool(): Promise<never> {
  throw new LadingError('CONFIG_INVALID', 'This queue has no pool yet; pass it to createJobs first.')
}
