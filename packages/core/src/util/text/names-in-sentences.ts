// Names of fields, columns and tables → the same in a sentence: bare as long as they can be read in one way only.
import { escapeInvisible } from './invisible.ts'

/** `authors`; `"a, b"` where the name itself has what parts names, or what cannot be seen. */
export function clearName(name: string): string {
  return isClear(name) ? name : `"${escapeInvisible(name.replaceAll(/["\\]/g, '\\$&'))}"`
}

/** `table` or `schema.table`, each part for itself. */
export function clearTable(table: string): string {
  return tableParts(table).map(clearName).join('.')
}

const tablePart = /^(?:"((?:[^"]|"")+)"|([^.]*))(?:\.|$)/s

/** `schema.table` → its parts. A part with a point in it is written in double quotes, as in SQL: `"my.table"`. */
export function tableParts(table: string): string[] {
  const parts: string[] = []
  for (let rest = table; ; ) {
    const [whole = '', quoted, plain = ''] = tablePart.exec(rest) ?? []
    parts.push(quoted?.replaceAll('""', '"') ?? plain)
    rest = rest.slice(whole.length)
    if (rest === '') return whole.endsWith('.') ? [...parts, ''] : parts
  }
}

export function clearList(names: readonly string[]): string {
  return names.map(clearName).join(', ')
}

function isClear(name: string): boolean {
  return !/^$|^\s|\s$|[.,;:"\\()]/.test(name) && escapeInvisible(name) === name
}
