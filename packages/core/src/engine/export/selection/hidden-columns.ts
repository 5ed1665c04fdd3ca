// Checks that no resource shows, by a join, a column that another resource of that table hides or masks.
import { LadingError } from '../../../errors/lading-error.ts'
import type { Resource } from '../../resource/define.ts'
import { isShown } from './export-fields.ts'

/** @throws LadingError `RESOURCE_INVALID` for a joined field that shows what a resource of that table hides or masks */
export function assertHiddenColumnsStayHidden(resources: readonly Resource[]): void {
  for (const { name, references } of resources) {
    for (const { table, joined } of references) {
      const owners = resources.filter(resource => unqualifiedName(resource.table) === unqualifiedName(table))
      for (const { field, column } of joined) {
        const owner = owners.find(({ fields }) => fields.some(one => one.column === column && !isShown(one)))
        if (owner === undefined || !isShown(field)) continue
        throw new LadingError(
          'RESOURCE_INVALID',
          `Resource "${name}": "${field.name}" would show what ${owner.name} hides or masks; hide or mask it too.`,
        )
      }
    }
  }
}

function unqualifiedName(table: string): string {
  return table.replace(/^public\./, '')
}
