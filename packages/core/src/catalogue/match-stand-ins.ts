// Fields that stand for one that refers → the unique columns of the other table that they are looked up in.
import { identifier } from '../postgres/identifier.ts'
import type { Reference } from '../resource/define.ts'
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
      problems.push(`"${field.name}" is looked up in the column "${column}" of ${name}, which is missing`)
      return []
    }
    if (!carries(info, field.type)) {
      problems.push(
        `"${field.name}" is ${field.type.kind}, and the column "${column}" of ${name} is ${info.castType}`,
      )
    }
    const parts = table.uniqueIndexes
      .filter(({ usable }) => usable)
      .map(({ parts: [part = '', ...more] }) => (more.length === 0 ? unquoted(part) : ''))
    const isFolded = !parts.includes(column) && parts.includes(`lower(${column})`)
    if (!parts.includes(column) && !isFolded) {
      problems.push(
        `"${field.name}" is looked up in the column "${column}" of ${name}, which has no unique index; create one`,
      )
    }
    return {
      field,
      codec: codecOf(field.type),
      sql: identifier(`lading_by_${field.index}_${index}`),
      found: { sql: identifier(column), castType: info.castType, isFolded },
    }
  })
}

/** `lower((email)::text)`, `lower(email::text)` → `lower(email)`; `"Email"` → `Email`. */
export function unquoted(part: string): string {
  return part
    .replaceAll(/::(?:text|character varying|bpchar)/g, '')
    .replaceAll(/\(\(([^()]*)\)\)/g, '($1)')
    .replaceAll('"', '')
}
