// Keys of a resource → the unique indexes of its table that enforce them.

import { displayNames } from '../../../util/text/names-in-sentences.ts'
import type { Key, Resource } from '../../resource/define.ts'
import { codeWord } from '../../resource/field.ts'
import { partText, partTexts } from '../rules/index-part.ts'
import type { TableInfo, UniqueIndexInfo } from '../table-info.ts'
import { isFolded, type TargetColumn, type TargetKey } from '../target.ts'

export type ByField = ReadonlyMap<TargetColumn['field'], TargetColumn>

/** Returns the primary key first. @param problems receives the keys that no index enforces */
export function matchKeys(
  resource: Resource,
  table: TableInfo,
  byField: ByField,
  problems: string[],
): TargetKey[] {
  const keys: TargetKey[] = []
  const primary = table.uniqueIndexes.find(index => index.primary && index.usable)
  const primaryColumns = primary && columnsOf(primary, byField)
  if (primary !== undefined && primaryColumns !== undefined) {
    const code = `DUPLICATE_${visibleNames(primaryColumns).join('_')}`
    const { name: index } = primary
    keys.push({
      isPrimary: true,
      columns: primaryColumns,
      nullable: [],
      ignoreCase: false,
      code,
      index,
      scopedBy: [],
    })
  }
  for (const key of resource.keys) {
    const columns = key.fields.map(field => byField.get(field)).filter(column => column !== undefined)
    if (columns.length < key.fields.length) continue
    const exact = strictest(table.uniqueIndexes.filter(candidate => enforces(candidate, key, columns)))
    const found = exact === undefined ? scopedIndex(resource, table, key, columns, byField) : undefined
    const index = exact ?? found?.index
    const names = displayNames(columns.map(column => column.info.name))
    if (index === undefined) {
      const expression = columns
        .map(column => (isFolded(key, column) ? `lower(${column.sql})` : column.sql))
        .join(', ')
      problems.push(
        table.kind === 'v'
          ? `the key (${names}) needs a unique index, and ${table.sql} is a view: leave the key out, or name the table of the view`
          : `the key (${names}) has no unique index; create one: create unique index on ${table.sql} (${expression})`,
      )
    } else if (!index.usable) {
      problems.push(`the unique index ${index.name} of the key (${names}) is deferrable, partial or invalid`)
    } else {
      const isPrimary = index.name === primary?.name
      const scopedBy = found?.scopedBy ?? []
      const all = [...columns, ...scopedBy]
      const matched: TargetKey = {
        isPrimary,
        columns: all,
        nullable: index.nullsEqual ? all.filter(({ info }) => !info.notNull) : [],
        ignoreCase: key.ignoreCase,
        code: key.code,
        index: index.name,
        scopedBy,
      }
      if (isPrimary) keys.splice(0, 1, matched)
      else keys.push(matched)
    }
  }
  return keys
}

/** Returns undefined if a part of the index has no field. */
function columnsOf({ parts }: UniqueIndexInfo, byField: ByField): readonly TargetColumn[] | undefined {
  const columns = partTexts(parts).map(part => [...byField.values()].find(({ sql }) => part === sql))
  return columns.every(column => column !== undefined) ? columns : undefined
}

/** Names for an error code. Hidden fields are left out, unless all are hidden. */
function visibleNames(columns: readonly TargetColumn[]): readonly string[] {
  const shown = columns.filter(({ field }) => !field.hidden)
  return (shown.length > 0 ? shown : columns).map(({ field }) => codeWord(field.name))
}

function enforces({ parts }: UniqueIndexInfo, key: Key, columns: readonly TargetColumn[]): boolean {
  const keyParts = partsOf(key, columns)
  const indexParts = partTexts(parts)
  return keyParts.length === indexParts.length && keyParts.every(part => indexParts.includes(part))
}

/** Prefers a usable index; among those, one with `nulls not distinct`, which is the stricter rule. */
function strictest(indexes: readonly UniqueIndexInfo[]): UniqueIndexInfo | undefined {
  const weight = ({ usable, nullsEqual }: UniqueIndexInfo) => 2 * Number(usable) + Number(nullsEqual)
  return [...indexes].sort((one, other) => weight(other) - weight(one))[0]
}

function partsOf(key: Key, columns: readonly TargetColumn[]): readonly string[] {
  return columns.map(column => partText({ column: column.info.name, isFolded: isFolded(key, column) }))
}

/**
 * Finds the index of a key that is unique only together with columns that the scope fixes. Of several such indexes it
 * returns the one with the fewest further columns.
 */
function scopedIndex(
  { scope }: Resource,
  { uniqueIndexes }: TableInfo,
  key: Key,
  columns: readonly TargetColumn[],
  byField: ByField,
): { readonly index: UniqueIndexInfo; readonly scopedBy: readonly TargetColumn[] } | undefined {
  if (scope === undefined) return undefined
  const keyParts = partsOf(key, columns)
  const found = uniqueIndexes.flatMap(index => {
    const parts = partTexts(index.parts)
    const others = parts.filter(part => !keyParts.includes(part))
    const scopedBy = columnsOf({ ...index, parts: others }, byField)
    const hasKey = keyParts.every(part => parts.includes(part))
    return index.usable && hasKey && scopedBy !== undefined ? [{ index, scopedBy }] : []
  })
  return found.sort(
    (one, other) =>
      one.scopedBy.length - other.scopedBy.length ||
      Number(other.index.nullsEqual) - Number(one.index.nullsEqual),
  )[0]
}
