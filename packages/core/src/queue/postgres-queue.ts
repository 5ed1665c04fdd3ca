// A queue in the database itself: a message comes to be with the transaction that writes its job.
import { type Pool, poolSize, type QueryResult } from '../postgres/client.ts'
import { databaseFault } from '../postgres/sqlstate.ts'
import { createConsumers } from './consumers.ts'
import type { KeptConnection } from './kept-connection.ts'
import { listen } from './listener.ts'
import { runOnLoan, type Statement } from './loan.ts'
import { type QueueOptions, queueFull, readQueueOptions } from './options.ts'
import { postgresMessages } from './postgres-messages.ts'
import type { Queue, QueueKind } from './queue.ts'
import { depthSql, enqueueSql, forgetSql, interruption, interruptSql } from './queue-sql.ts'

/** With fewer connections, one that only listens would be missed by those who work. */
const leastPoolToListen = 3

export interface PostgresQueueOptions extends QueueOptions {
  /** The pool of the jobs. While there are consumers, one of its connections listens for announcements. */
  readonly pool: Pool
  /**
   * Whether a connection listens, so that messages are delivered at once. Without it they wait for the poll. Say
   * false behind a pooler that gives a connection away after each transaction: it swallows the announcements.
   * @defaultValue true, from 3 connections in the pool on
   */
  readonly listen?: boolean
}

/**
 * Keeps messages in the table `lading.queue`. Any number of processes may produce and consume; what time it is,
 * only the database says.
 *
 * @example
 * const queue = postgresQueue({ pool })
 * await queue.enqueue({ jobId, resource: 'users', kind: 'import' }, { client })
 */
export function postgresQueue({ pool, listen: wantsToListen, ...options }: PostgresQueueOptions): Queue {
  const settings = readQueueOptions(options)
  const listens = wantsToListen ?? poolSize(pool) >= leastPoolToListen
  const bells = new Set<{ kind: QueueKind; ring: () => void }>()
  let listener: KeptConnection | undefined

  const hear = (announced: string | undefined) => {
    if (announced?.startsWith(interruption) === true) interruptHere(announced.slice(interruption.length))
    for (const bell of bells) if (announced === undefined || bell.kind === announced) bell.ring()
  }

  /** The listening connection is preferred: handlers that use up the pool cannot keep claims from being renewed. */
  async function run(statement: Statement, signal?: AbortSignal): Promise<QueryResult> {
    try {
      return await (listener?.run?.(statement) ?? runOnLoan(pool, statement, signal))
    } catch (error) {
      throw databaseFault(error)
    }
  }

  const { interruptHere, ...consumers } = createConsumers(
    postgresMessages(run, settings.visibilityMs),
    (kind, ring) => {
      const bell = { kind, ring }
      bells.add(bell)
      if (listens) listener ??= listen(pool, hear, settings.report)
      return async () => {
        bells.delete(bell)
        if (bells.size > 0) return
        const last = listener
        listener = undefined
        await last?.close()
      }
    },
    settings,
  )

  return {
    joinsTransactions: true,
    selectsByStorage: true,

    async enqueue(message, { client } = {}) {
      const { text, values } = enqueueSql(message, settings.maxDepth)
      const sending = client === undefined ? runOnLoan(pool, { text, values }) : client.query(text, values)
      const { rows } = await sending.catch(error => {
        throw databaseFault(error)
      })
      if (rows.length === 0) throw queueFull()
    },

    async depth(kind) {
      const { rows } = await run(depthSql(kind))
      return Number(rows[0]?.depth ?? 0)
    },

    async forget(jobId, { client } = {}) {
      if (client === undefined) return void (await run(forgetSql(jobId)))
      const { text, values } = forgetSql(jobId)
      await client.query(text, values).catch(error => {
        throw databaseFault(error)
      })
    },

    async interrupt(jobId) {
      // At once for those of this process, which may have nobody who listens.
      interruptHere(jobId)
      await run(interruptSql(jobId))
    },

    ...consumers,
  }
}
