// A target → whether anything can be imported into it: a table, or a view that takes rows, with fields that are written.
import { LadingError } from '../../errors/lading-error.ts'
import { identifier } from '../../postgres/identifier.ts'
import type { Target } from './target.ts'

const whatTakesNone: ReadonlyMap<string, string> = new Map([
  ['v', 'a view that takes no rows'],
  ['m', 'a materialized view, which takes no rows'],
  ['f', 'a foreign table that takes no rows'],
])

/** A resource for exports only: no field of it is ever written. */
export function isExportedOnly({ writable }: Target): boolean {
  return writable.length === 0
}

/** @throws LadingError `RESOURCE_MISMATCH` */
export function assertTakesRows({ resource, table, writable }: Target): void {
  const refuse = (why: string) => {
    throw new LadingError(
      'RESOURCE_MISMATCH',
      `Nothing can be imported into the resource "${resource.name}": ${why}.`,
    )
  }
  if (writable.length === 0) refuse('all of its fields are read only')
  if (!table.takesRows) {
    const what = whatTakesNone.get(table.kind) ?? 'nothing that takes rows'
    refuse(
      `${table.sql} is ${what}. Name its table, or say readOnly for all fields of a resource that is only exported`,
    )
  }
  const computed = writable.find(({ info }) => info.isComputed)
  if (computed !== undefined) {
    const { field, info } = computed
    const name = info.name === field.name ? 'its field' : `the field ${identifier(field.name)}`
    refuse(`the column "${info.name}" of the view ${table.sql} is computed; say readOnly for ${name}`)
  }
}
