// A target → whether records can be imported into it: a table or an insertable view, with at least one writable field.
import { LadingError } from '../../errors/lading-error.ts'
import { identifier } from '../../postgres/identifier.ts'
import type { Target } from './target.ts'

const kindsWithoutInsert: ReadonlyMap<string, string> = new Map([
  ['v', 'a view that takes no rows'],
  ['m', 'a materialized view, which takes no rows'],
  ['f', 'a foreign table that takes no rows'],
])

/** True if the resource can only be exported: all of its fields are read only. */
export function isExportOnly({ writable }: Target): boolean {
  return writable.length === 0
}

/** @throws LadingError `RESOURCE_MISMATCH` if the resource cannot be imported into */
export function assertTakesRows({ resource, table, writable }: Target): void {
  const fail = (reason: string) => {
    throw new LadingError(
      'RESOURCE_MISMATCH',
      `Nothing can be imported into the resource "${resource.name}": ${reason}.`,
    )
  }
  if (writable.length === 0) fail('all of its fields are read only')
  if (!table.takesRows) {
    const kind = kindsWithoutInsert.get(table.kind) ?? 'not a table or view that takes rows'
    fail(
      `${table.sql} is ${kind}. Name its table, or set readOnly on every field if the resource is only exported`,
    )
  }
  const computed = writable.find(({ info }) => info.isComputed)
  if (computed !== undefined) {
    const { field, info } = computed
    const name = info.name === field.name ? 'its field' : `the field ${identifier(field.name)}`
    fail(`the column "${info.name}" of the view ${table.sql} is computed; set readOnly on ${name}`)
  }
}
