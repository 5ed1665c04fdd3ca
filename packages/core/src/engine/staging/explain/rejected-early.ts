// Records that never get into a batch, for what is wrong with them → the same records, with what only the database knows.

import type { RecordError } from '../../../errors/record-error.ts'
import type { Client } from '../../../postgres/pool/client.ts'
import type { Target } from '../../catalogue/target.ts'
import type { Row } from '../../resource/row.ts'
import { sortByField } from '../../validation/validate.ts'
import { castChecksOf } from '../merge/cast-checks.ts'
import { noteMissing } from './missing-references.ts'
import { asideSource } from './missing-sql.ts'
import { explainUnreadable } from './unreadable.ts'

export interface AsideJudge {
  /**
   * Notes values that only the database can judge, and references to rows that are not there, so that they are told
   * together with the rest: two queries at the most, and none where there is nothing to ask. Again: judges anew.
   */
  judge(rows: readonly Row[]): Promise<void>
}

export function asideJudge(client: Client, target: Target): AsideJudge {
  /** Errors of each row before it came here. */
  const before = new WeakMap<Row, readonly RecordError[]>()
  return {
    async judge(rows) {
      const typed = rows.filter(({ isUntyped }) => isUntyped !== true)
      for (const row of typed) {
        const known = before.get(row) ?? row.errors ?? []
        before.set(row, known)
        row.errors = [...known]
      }
      const castCheckedRecords = castChecksOf(target, {
        columns: target.writable.map(column => ({ column, isMixed: false })),
        standIns: target.references.flatMap(({ standIns }) => standIns),
      }).filter(({ field }) => typed.some(({ values }) => (values[field.index] ?? null) !== null))
      await explainUnreadable(client, target, {
        source: asideSource(typed, castCheckedRecords),
        doubts: castCheckedRecords,
        rows: typed,
      })
      await noteMissing(client, target, typed)
      for (const row of typed) {
        const isSame = row.errors?.length === before.get(row)?.length
        if (row.errors !== undefined && !isSame) sortByField(target.resource, row.errors)
      }
    },
  }
}
