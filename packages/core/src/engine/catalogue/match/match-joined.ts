// Fields that an export reads from another table → the columns of that table.
import { identifier } from '../../../postgres/identifier.ts'
import type { Reference } from '../../resource/define.ts'
import { codecOf } from '../../value/codecs.ts'
import type { TableInfo } from '../table-info.ts'
import { stagedName, type TargetColumn } from '../target.ts'
import { carries } from './match-columns.ts'

/** @param problems receives each mismatch, except those of lookup fields: `matchLookupFields` reports them */
export function matchJoined(
  { joined, table: name }: Reference,
  table: TableInfo | undefined,
  problems: string[],
): TargetColumn[] {
  return joined.flatMap(({ field, column }) => {
    const info = table?.columns.find(candidate => candidate.name === column)
    const addProblem = (problem: string) => {
      if (field.standsFor === undefined) problems.push(`"${field.name}" ${problem}`)
    }
    if (info === undefined) {
      addProblem(`shows the column "${column}" of ${name}, which is missing`)
      return []
    }
    if (!carries(info, field.type)) {
      addProblem(`is ${field.type.kind}, and the column "${column}" of ${name} is ${info.castType}`)
    }
    return {
      field,
      info,
      codec: codecOf(field.type, info),
      sql: identifier(info.name),
      staged: stagedName(field),
    }
  })
}
