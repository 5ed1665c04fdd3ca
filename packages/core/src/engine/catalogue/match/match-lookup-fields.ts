// Lookup fields of references → the unique columns of the other table that they are looked up in.

import { identifier } from '../../../postgres/identifier.ts'
import { displayTable } from '../../../util/text/names-in-sentences.ts'
import type { Reference } from '../../resource/define.ts'
import { codecOf } from '../../value/codecs.ts'
import { partText, partTexts } from '../rules/index-part.ts'
import type { TableInfo } from '../table-info.ts'
import { stagedName, type TargetLookupField } from '../target.ts'
import { carries } from './match-columns.ts'

/** @param problems receives each mismatch */
export function matchLookupFields(
  { lookupFields, table: name }: Reference,
  table: TableInfo | undefined,
  problems: string[],
): TargetLookupField[] {
  return lookupFields.flatMap(({ field, column }, index) => {
    const info = table?.columns.find(candidate => candidate.name === column)
    if (table === undefined || info === undefined) {
      problems.push(
        `"${field.name}" is looked up in the column "${column}" of ${displayTable(name)}, which is missing`,
      )
      return []
    }
    if (!carries(info, field.type)) {
      problems.push(
        `"${field.name}" is ${field.type.kind}, and the column "${column}" of ${displayTable(name)} is ${info.castType}`,
      )
    }
    const unique = uniqueBy(column, table)
    if (unique === undefined) problems.push(notUnique(field.name, column, name))
    return {
      field,
      codec: codecOf(field.type, info),
      sql: `${stagedName(field)}_${index}`,
      found: { sql: identifier(column), castType: info.castType, isFolded: unique?.isFolded === true },
      scopedBy: unique?.others ?? [],
    }
  })
}

export function notUnique(field: string, column: string, table: string): string {
  return `"${field}" is looked up in the column "${column}" of ${displayTable(table)}, which has no unique index; create one`
}

/** Finds the unique index with the fewest columns in addition to this one; among equals, a case-sensitive one. */
function uniqueBy(
  column: string,
  { uniqueIndexes, columns }: TableInfo,
): { readonly isFolded: boolean; readonly others: readonly string[] } | undefined {
  const names = new Map(columns.map(({ name }) => [identifier(name), name]))
  const found = uniqueIndexes
    .filter(({ usable }) => usable)
    .flatMap(({ parts }) => {
      const all = partTexts(parts)
      return [false, true].flatMap(isFolded => {
        const ownPart = partText({ column, isFolded })
        const others = all.filter(part => part !== ownPart).map(part => names.get(part))
        const known = others.filter(name => name !== undefined)
        const isUsable = all.includes(ownPart) && known.length === others.length
        return isUsable ? [{ isFolded, others: known }] : []
      })
    })
  return found.sort(
    (one, other) => one.others.length - other.others.length || Number(one.isFolded) - Number(other.isFolded),
  )[0]
}
