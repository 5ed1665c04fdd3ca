// Targets → the same targets, each after those it refers to: the order in which their rows can be inserted.
import { LadingError } from '../../errors/lading-error.ts'
import type { Target, TargetColumn } from './target.ts'

/**
 * Sorts by those foreign keys of the database that fields fill. Independent targets keep their order. A table that
 * refers only to itself is not a cycle.
 *
 * @throws LadingError `OPTION_INVALID` naming the resources that form a cycle
 */
export function inReferenceOrder(targets: readonly Target[]): readonly Target[] {
  const ordered: Target[] = []
  const visited = new Set<Target>()
  const visit = (target: Target, path: readonly Target[]): void => {
    if (ordered.includes(target)) return
    if (visited.has(target)) throw cycleError([...path.slice(path.indexOf(target)), target])
    visited.add(target)
    for (const other of targets) {
      if (other.table.oid !== target.table.oid && refersTo(target, other)) visit(other, [...path, target])
    }
    ordered.push(target)
  }
  for (const target of targets) visit(target, [])
  return ordered
}

function refersTo(target: Target, other: Target): boolean {
  return filledForeignKeys(target, other).length > 0
}

/** Returns the columns that fields fill, for each foreign key from the target to the other. */
function filledForeignKeys({ table, writable }: Target, other: Target): readonly (readonly TargetColumn[])[] {
  return table.foreignKeys
    .filter(({ table: referred }) => referred === other.table.oid)
    .map(({ columns }) => writable.filter(({ info }) => columns.includes(info.name)))
    .filter(columns => columns.length > 0)
}

function cycleError(path: readonly Target[]): LadingError {
  const names = path.map(({ resource }) => resource.name).join(' → ')
  const breaks = path.slice(0, -1).flatMap((target, index) => {
    const next = path[index + 1]
    const keys = next === undefined ? [] : filledForeignKeys(target, next)
    // PostgreSQL does not check a foreign key if one of its columns is null.
    const nullable = keys.map(columns => columns.find(({ info }) => !info.notNull))
    return nullable.every(column => column !== undefined) ? [{ name: target.resource.name, nullable }] : []
  })
  const [breakable] = breaks
  const advice =
    breakable === undefined
      ? 'None of their columns can be filled in later, because all are NOT NULL; leave one of the resources out, and use pg_dump for these tables.'
      : `Export them one by one. Import ${breakable.name} without ${breakable.nullable.map(({ field }) => `"${field.name}"`).join(' and ')} first, then the others, and then all of ${breakable.name} with on_conflict=update.`
  return new LadingError(
    'OPTION_INVALID',
    `These resources refer to each other in a cycle, so there is no order in which to import them: ${names}. ${advice}`,
  )
}
