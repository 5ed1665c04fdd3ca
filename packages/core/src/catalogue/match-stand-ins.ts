// Fields that stand for one that refers → the unique columns of the other table that they are looked up in.

import { identifier } from '../postgres/identifier.ts'
import type { Reference } from '../resource/define.ts'
import { clearTable } from '../util/names.ts'
import { codecOf } from '../value/codecs.ts'
import { carries } from './match-columns.ts'
import type { TableInfo } from './table-info.ts'
import type { TargetStandIn } from './target.ts'

/** @param problems hears what does not fit */
export function matchStandIns(
  { standIns, table: name }: Reference,
  table: TableInfo | undefined,
  problems: string[],
): TargetStandIn[] {
  return standIns.flatMap(({ field, column }, index) => {
    const info = table?.columns.find(candidate => candidate.name === column)
    if (table === undefined || info === undefined) {
      problems.push(
        `"${field.name}" is looked up in the column "${column}" of ${clearTable(name)}, which is missing`,
      )
      return []
    }
    if (!carries(info, field.type)) {
      problems.push(
        `"${field.name}" is ${field.type.kind}, and the column "${column}" of ${clearTable(name)} is ${info.castType}`,
      )
    }
    const unique = uniqueBy(column, table)
    if (unique === undefined) problems.push(notUnique(field.name, column, name))
    return {
      field,
      codec: codecOf(field.type, info),
      sql: identifier(`lading_by_${field.index}_${index}`),
      found: { sql: identifier(column), castType: info.castType, isFolded: unique?.isFolded === true },
      scopedBy: unique?.others ?? [],
    }
  })
}

export function notUnique(field: string, column: string, table: string): string {
  return `"${field}" is looked up in the column "${column}" of ${clearTable(table)}, which has no unique index; create one`
}

/** The index with the fewest columns beside this one; among equals, one that minds the case. */
function uniqueBy(
  column: string,
  { uniqueIndexes, columns }: TableInfo,
): { readonly isFolded: boolean; readonly others: readonly string[] } | undefined {
  const names = new Set(columns.map(({ name }) => name))
  const found = uniqueIndexes
    .filter(({ usable }) => usable)
    .flatMap(({ parts }) => {
      const all = parts.map(unquoted)
      return [column, `lower(${column})`].flatMap(wanted => {
        const others = all.filter(part => part !== wanted)
        const serves = all.includes(wanted) && others.every(part => names.has(part))
        return serves ? [{ isFolded: wanted !== column, others }] : []
      })
    })
  return found.sort(
    (one, other) => one.others.length - other.others.length || Number(one.isFolded) - Number(other.isFolded),
  )[0]
}

/** `lower((email)::text)`, `lower(email::text)` → `lower(email)`; `"Email"` → `Email`. */
export function unquoted(part: string): string {
  return part
    .replaceAll(/::(?:text|character varying|bpchar)/g, '')
    .replaceAll(/\(\(([^()]*)\)\)/g, '($1)')
    .replaceAll('"', '')
}
