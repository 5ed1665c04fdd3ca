// A bundle's files against their tables: whether rows come back with the values by which others know them.

import { LadingError } from '../../../errors/lading-error.ts'
import { partTexts } from '../../catalogue/rules/index-part.ts'
import type { Target, TargetColumn } from '../../catalogue/target.ts'
import type { ManifestEntry } from '../../format/bundle/manifest.ts'
import { fixedFields } from '../stages/apply-scope-values.ts'

interface Restored {
  readonly target: Target
  /** Columns that get the values of the file. */
  readonly brought: ReadonlySet<string>
}

/** @throws LadingError `BUNDLE_MISMATCH` for the first column whose rows would be numbered anew */
export function checkRestored(targets: readonly Target[], entries: readonly ManifestEntry[]): void {
  const restored = targets.map((target, index) => {
    const given = new Set(entries[index]?.fields.map(({ name }) => name.toLowerCase()))
    const isGiven = ({ field }: TargetColumn) =>
      [field.name, ...field.aliases].some(name => given.has(name.toLowerCase()))
    const lost = target.columns.find(column => isGiven(column) && isMadeAnew(target, column))
    if (lost !== undefined) throw readOnly(target, lost)
    const fixed = fixedFields(target)
    const brought = target.writable.filter(column => isGiven(column) || fixed.includes(column.field))
    return { target, brought: new Set(brought.map(({ info }) => info.name)) }
  })
  for (const one of restored) assertReferred(one, restored)
}

/** The file has values for it, nothing is written, and the table makes values by which rows are known. */
function isMadeAnew({ table }: Target, { field, info, sql }: TargetColumn): boolean {
  if (!field.readOnly || info.isGenerated) return false
  const isKey = table.uniqueIndexes.some(({ parts }) => partTexts(parts).includes(sql))
  return isKey || info.sequences.length > 0
}

/** What a file refers to by its value has to come back with that value. */
function assertReferred({ target, brought }: Restored, all: readonly Restored[]): void {
  for (const { table: oid, columns, targets: referred } of target.table.foreignKeys) {
    if (!columns.every(column => brought.has(column))) continue
    for (const other of all.filter(({ target }) => target.table.oid === oid)) {
      const missing = referred.findIndex(column => {
        const info = other.target.table.columns.find(({ name }) => name === column)
        return info?.isGenerated === false && !other.brought.has(column)
      })
      if (missing === -1) continue
      const field = target.columns.find(({ info }) => info.name === columns[missing])?.field.name
      const { name } = other.target.resource
      throw refused(
        `"${field}" of ${target.resource.name} refers to ${name} by a field that the bundle does not bring back, because it is hidden, read only or missing. Let that field be exported and written, or leave ${name} out of the bundle`,
      )
    }
  }
}

function readOnly({ resource: { name } }: Target, { field }: TargetColumn): LadingError {
  return refused(
    `the field "${field.name}" of ${name} is read only here, and the table would give its rows other values than the bundle has. Let the field be written, or leave ${name} out of the bundle`,
  )
}

function refused(why: string): LadingError {
  return new LadingError(
    'BUNDLE_MISMATCH',
    `The bundle cannot be brought back: ${why}. Nothing of it was imported.`,
  )
}
