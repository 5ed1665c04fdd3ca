// SQL that fills a field that refers, where a record gives another one that stands for it.
import type { Target, TargetReference } from '../../catalogue/target.ts'
import type { StagedBatch } from '../encode-batch.ts'
import { meantValue } from './compare-sql.ts'

/**
 * Fills the staging table, for references into other tables. Those into the table itself mean rows that come earlier in
 * the file, which are not there yet.
 */
export function resolveSql({ references }: Target, staging: string, batch: StagedBatch): string {
  return used(references, batch)
    .filter(({ reference }) => !reference.isSelf)
    .map(({ reference, standIn }) => {
      const { staged } = reference.column
      return `update ${staging} s set ${staged} = ${meantValue(reference, standIn)} where s.${staged} is null and s.${standIn.sql} is not null`
    })
    .join('; ')
}

/** Rows refer to rows of their own table by what these are called and not by their ids: one has to come after the other. */
export function refersToItselfByName({ references }: Target, batch: StagedBatch): boolean {
  return used(references, batch).some(({ reference }) => reference.isSelf)
}

/** Statements of plpgsql that fill the row `s`. */
export function resolveRow({ references }: Target, batch: StagedBatch): string {
  return used(references, batch)
    .filter(({ reference }) => reference.isSelf)
    .map(({ reference, standIn }) => {
      const field = `s.${reference.column.staged}`
      return `if ${field} is null and s.${standIn.sql} is not null then ${field} := ${meantValue(reference, standIn)}; end if;`
    })
    .join('\n      ')
}

function used(references: readonly TargetReference[], { standIns }: StagedBatch) {
  return references.flatMap(reference =>
    reference.standIns.filter(standIn => standIns.includes(standIn)).map(standIn => ({ reference, standIn })),
  )
}
