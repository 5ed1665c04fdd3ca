// SQL that fills in references for which a record gives a lookup field instead.
import type { Target, TargetReference } from '../../catalogue/target.ts'
import type { StagedBatch } from '../encode-batch.ts'
import { lookupValueSql } from './compare-sql.ts'

/**
 * Returns statements that fill the staging table, for references to other tables. References to the table itself may mean
 * earlier rows of the file, which are not in the table yet.
 */
export function resolveSql({ references }: Target, staging: string, batch: StagedBatch): string {
  return lookupsOf(references, batch)
    .filter(({ reference }) => !reference.isSelf)
    .map(({ reference, lookupField }) => {
      const { staged } = reference.column
      return `update ${staging} s set ${staged} = ${lookupValueSql(reference, lookupField)} where s.${staged} is null and s.${lookupField.sql} is not null`
    })
    .join('; ')
}

/** True if rows refer to rows of their own table through a lookup field, so that they must be merged in order. */
export function refersToItselfByName({ references }: Target, batch: StagedBatch): boolean {
  return lookupsOf(references, batch).some(({ reference }) => reference.isSelf)
}

/** Returns plpgsql statements that fill the row `s`, for references to the table itself. */
export function resolveRow({ references }: Target, batch: StagedBatch): string {
  return lookupsOf(references, batch)
    .filter(({ reference }) => reference.isSelf)
    .map(({ reference, lookupField }) => {
      const field = `s.${reference.column.staged}`
      return `if ${field} is null and s.${lookupField.sql} is not null then ${field} := ${lookupValueSql(reference, lookupField)}; end if;`
    })
    .join('\n      ')
}

function lookupsOf(references: readonly TargetReference[], { lookupFields }: StagedBatch) {
  return references.flatMap(reference =>
    reference.lookupFields
      .filter(lookupField => lookupFields.includes(lookupField))
      .map(lookupField => ({ reference, lookupField })),
  )
}
