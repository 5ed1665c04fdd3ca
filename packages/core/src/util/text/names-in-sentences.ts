// Names of fields, columns and tables → text for a message: quoted only if they would be ambiguous.
import { escapeInvisible } from './invisible.ts'

/** `authors`, or `"a, b"` in quotes if the name contains punctuation or invisible characters. */
export function displayName(name: string): string {
  return isClear(name) ? name : `"${escapeInvisible(name.replaceAll(/["\\]/g, '\\$&'))}"`
}

/** `table` or `schema.table`, each part quoted separately if needed. */
export function displayTable(table: string): string {
  return tableParts(table).map(displayName).join('.')
}

const tablePart = /^(?:"((?:[^"]|"")+)"|([^.]*))(?:\.|$)/s

/** Splits `schema.table` into its parts. A part that contains a dot is in double quotes, as in SQL: `"my.table"`. */
export function tableParts(table: string): string[] {
  const parts: string[] = []
  for (let rest = table; ; ) {
    const [whole = '', quoted, plain = ''] = tablePart.exec(rest) ?? []
    parts.push(quoted?.replaceAll('""', '"') ?? plain)
    rest = rest.slice(whole.length)
    if (rest === '') return whole.endsWith('.') ? [...parts, ''] : parts
  }
}

/** Names separated by commas, each quoted if needed. */
export function displayNames(names: readonly string[]): string {
  return names.map(displayName).join(', ')
}

function isClear(name: string): boolean {
  return !/^$|^\s|\s$|[.,;:"\\()]/.test(name) && escapeInvisible(name) === name
}
