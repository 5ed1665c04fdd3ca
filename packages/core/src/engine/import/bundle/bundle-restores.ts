// Checks a bundle's files against their tables: rows must be restored with the values that other rows refer to.

import { LadingError } from '../../../errors/lading-error.ts'
import { partTexts } from '../../catalogue/rules/index-part.ts'
import type { Target, TargetColumn } from '../../catalogue/target.ts'
import type { ManifestEntry } from '../../format/bundle/manifest.ts'
import { fixedFields } from '../stages/apply-scope-values.ts'

interface RestoredTarget {
  readonly target: Target
  /** Columns that receive the values of the file. */
  readonly restoredColumns: ReadonlySet<string>
}

/** @throws LadingError `BUNDLE_MISMATCH` for the first column whose values the table would generate again */
export function checkRestored(targets: readonly Target[], entries: readonly ManifestEntry[]): void {
  const restored = targets.map((target, index) => {
    const namesInFile = new Set(entries[index]?.fields.map(({ name }) => name.toLowerCase()))
    const isInFile = ({ field }: TargetColumn) =>
      [field.name, ...field.aliases].some(name => namesInFile.has(name.toLowerCase()))
    const unrestored = target.columns.find(column => isInFile(column) && isRegenerated(target, column))
    if (unrestored !== undefined) throw readOnlyMismatch(target, unrestored)
    const fixed = fixedFields(target)
    const columns = target.writable.filter(column => isInFile(column) || fixed.includes(column.field))
    return { target, restoredColumns: new Set(columns.map(({ info }) => info.name)) }
  })
  for (const one of restored) assertReferencesRestored(one, restored)
}

/** The file has values for the column, but the table would generate other ones for an identifying column. */
function isRegenerated({ table }: Target, { field, info, sql }: TargetColumn): boolean {
  if (!field.readOnly || info.isGenerated) return false
  const isKey = table.uniqueIndexes.some(({ parts }) => partTexts(parts).includes(sql))
  return isKey || info.sequences.length > 0
}

/** A value that a file refers to must be restored unchanged. */
function assertReferencesRestored(
  { target, restoredColumns }: RestoredTarget,
  all: readonly RestoredTarget[],
): void {
  for (const { table: oid, columns, targets: referencedColumns } of target.table.foreignKeys) {
    if (!columns.every(column => restoredColumns.has(column))) continue
    for (const other of all.filter(({ target }) => target.table.oid === oid)) {
      const missing = referencedColumns.findIndex(column => {
        const info = other.target.table.columns.find(({ name }) => name === column)
        return info?.isGenerated === false && !other.restoredColumns.has(column)
      })
      if (missing === -1) continue
      const field = target.columns.find(({ info }) => info.name === columns[missing])?.field.name
      const { name } = other.target.resource
      throw mismatch(
        `"${field}" of ${target.resource.name} refers to ${name} by a field that the bundle does not restore, because it is hidden, read-only or missing. Make that field exported and writable, or leave ${name} out of the bundle`,
      )
    }
  }
}

function readOnlyMismatch({ resource: { name } }: Target, { field }: TargetColumn): LadingError {
  return mismatch(
    `the field "${field.name}" of ${name} is read-only here, so the table would generate values that differ from the bundle. Make the field writable, or leave ${name} out of the bundle`,
  )
}

function mismatch(why: string): LadingError {
  return new LadingError('BUNDLE_MISMATCH', `The bundle cannot be restored: ${why}. Nothing was imported.`)
}
