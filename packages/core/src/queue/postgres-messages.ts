// The messages in `lading.queue`, as consumers see them.
import { LadingError } from '../errors/lading-error.ts'
import type { QueryResult } from '../postgres/client.ts'
import type { Statement } from './loan.ts'
import type { Delivery, MessageStore } from './message-store.ts'
import { acknowledgeSql, claimSql, releaseSql, renewSql } from './queue-sql.ts'

export function postgresMessages(
  run: (statement: Statement, signal?: AbortSignal) => Promise<QueryResult>,
  visibilityMs: number,
): MessageStore {
  return {
    async claim(wanted, signal) {
      const { rows } = await run(claimSql(wanted, visibilityMs), signal)
      return rows.map(toDelivery)
    },

    async renew(claims) {
      const { rows } = await run(renewSql(claims, visibilityMs))
      return new Set(rows.map(({ claim }) => String(claim)))
    },

    async acknowledge(delivery) {
      const { rowCount } = await run(acknowledgeSql(delivery))
      if (rowCount === 0) await run(releaseSql(delivery, null))
    },

    async release(delivery, delayMs) {
      await run(releaseSql(delivery, delayMs))
    },
  }
}

function toDelivery({ job_id, resource, claim, deliveries }: Record<string, unknown>): Delivery {
  if (
    typeof job_id !== 'string' ||
    typeof resource !== 'string' ||
    typeof claim !== 'string' ||
    typeof deliveries !== 'number'
  ) {
    throw new LadingError('INTERNAL', 'The table lading.queue gives back something else than it should.')
  }
  return { jobId: job_id, resource, claim, deliveries }
}
