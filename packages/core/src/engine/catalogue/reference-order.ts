// Targets → the same, each behind those that it refers to: the order in which their rows can be put in.
import { LadingError } from '../../errors/lading-error.ts'
import type { Target, TargetColumn } from './target.ts'

/**
 * By the foreign keys of the database, as far as fields fill them. Those that depend on nothing stay in their order.
 * What refers to itself only is no circle.
 *
 * @throws LadingError `OPTION_INVALID` naming those that refer to each other in a circle
 */
export function inReferenceOrder(targets: readonly Target[]): readonly Target[] {
  const ordered: Target[] = []
  const begun = new Set<Target>()
  const visit = (target: Target, path: readonly Target[]): void => {
    if (ordered.includes(target)) return
    if (begun.has(target)) throw circle([...path.slice(path.indexOf(target)), target])
    begun.add(target)
    for (const other of targets) {
      if (other.table.oid !== target.table.oid && refersTo(target, other)) visit(other, [...path, target])
    }
    ordered.push(target)
  }
  for (const target of targets) visit(target, [])
  return ordered
}

function refersTo(target: Target, other: Target): boolean {
  return referring(target, other).length > 0
}

/** For each foreign key from the one to the other: its columns that fields fill. */
function referring({ table, writable }: Target, other: Target): readonly (readonly TargetColumn[])[] {
  return table.foreignKeys
    .filter(({ table: referred }) => referred === other.table.oid)
    .map(({ columns }) => writable.filter(({ info }) => columns.includes(info.name)))
    .filter(columns => columns.length > 0)
}

function circle(path: readonly Target[]): LadingError {
  const names = path.map(({ resource }) => resource.name).join(' → ')
  const ways = path.slice(0, -1).flatMap((target, index) => {
    const next = path[index + 1]
    const keys = next === undefined ? [] : referring(target, next)
    // A foreign key is not looked at where one of its columns is null.
    const open = keys.map(columns => columns.find(({ info }) => !info.notNull))
    return open.every(column => column !== undefined) ? [{ name: target.resource.name, open }] : []
  })
  const [way] = ways
  const advice =
    way === undefined
      ? 'None of their columns can be filled in later, because all are NOT NULL; leave one of the resources out, and use pg_dump for these tables.'
      : `Export them one by one. Import ${way.name} without ${way.open.map(({ field }) => `"${field.name}"`).join(' and ')} first, then the others, and then all of ${way.name} with on_conflict=update.`
  return new LadingError(
    'OPTION_INVALID',
    `These resources refer to each other in a circle, so that no order of imports fits: ${names}. ${advice}`,
  )
}
