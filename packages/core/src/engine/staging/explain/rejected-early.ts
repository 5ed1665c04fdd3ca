// Records rejected before they reach a batch → the same records, with the errors that only the database can find.

import type { RecordError } from '../../../errors/record-error.ts'
import type { Client } from '../../../postgres/pool/checkout.ts'
import type { Target } from '../../catalogue/target.ts'
import type { Row } from '../../resource/row.ts'
import { sortByField } from '../../validation/validate.ts'
import { castChecksOf } from '../merge/cast-checks.ts'
import { rejectMissingReferences } from './missing-references.ts'
import { inlineSource } from './missing-sql.ts'
import { explainUnreadable } from './unreadable.ts'

export interface RejectedRowsJudge {
  /**
   * Adds errors for values that only the database can check, and for missing references, so that they are reported with
   * the other errors. Sends at most two queries, and none if there is nothing to check. A second call replaces the errors
   * of the first.
   */
  judge(rows: readonly Row[]): Promise<void>
}

export function rejectedRowsJudge(client: Client, target: Target): RejectedRowsJudge {
  /** Errors of each row before the first call. */
  const earlierErrors = new WeakMap<Row, readonly RecordError[]>()
  return {
    async judge(rows) {
      const typed = rows.filter(({ isUntyped }) => isUntyped !== true)
      for (const row of typed) {
        const earlier = earlierErrors.get(row) ?? row.errors ?? []
        earlierErrors.set(row, earlier)
        row.errors = [...earlier]
      }
      const castChecks = castChecksOf(target, {
        columns: target.writable.map(column => ({ column, isMixed: false })),
        lookupFields: target.references.flatMap(reference => reference.lookupFields),
      }).filter(({ field }) => typed.some(({ values }) => (values[field.index] ?? null) !== null))
      await explainUnreadable(client, target, {
        source: inlineSource(typed, castChecks),
        checks: castChecks,
        rows: typed,
      })
      await rejectMissingReferences(client, target, typed)
      for (const row of typed) {
        const isSame = row.errors?.length === earlierErrors.get(row)?.length
        if (row.errors !== undefined && !isSame) sortByField(target.resource, row.errors)
      }
    },
  }
}
