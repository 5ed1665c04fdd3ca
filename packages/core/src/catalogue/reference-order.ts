// Targets → the same, each behind those that it refers to: the order in which their rows can be put in.
import { LadingError } from '../errors/lading-error.ts'
import type { Target } from './target.ts'

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

function refersTo({ table, writable }: Target, other: Target): boolean {
  const filled = new Set(writable.map(({ info }) => info.name))
  return table.foreignKeys.some(
    ({ table: referred, columns }) =>
      referred === other.table.oid && columns.some(column => filled.has(column)),
  )
}

function circle(path: readonly Target[]): LadingError {
  const names = path.map(({ resource }) => resource.name).join(' → ')
  return new LadingError(
    'OPTION_INVALID',
    `These resources refer to each other in a circle, so that no order of imports fits: ${names}. Leave one of them out.`,
  )
}
