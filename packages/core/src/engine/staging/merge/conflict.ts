// What a record means whose key is there already: which row it is, or why it can be none.
import { several } from './compare-sql.ts'

/** What becomes of a record whose key the table, or an earlier record of the file, has already. */
export type OnConflict = 'error' | 'ignore' | 'update'

export type Decision =
  | { readonly kind: 'new' }
  /** It is the row that has this key. */
  | { readonly kind: 'existing'; readonly key: number }
  /** These keys belong to another row than the one that the record is. */
  | { readonly kind: 'clash'; readonly keys: readonly number[] }

/**
 * `error`: whatever is taken clashes. `ignore`: the first key that is taken says which row it is. `update`: the primary
 * key says it if the record gives one, so that an id is never changed; else the first key that is taken. All other keys
 * must then be free, or of that same row.
 *
 * @param taken for each key the place of the row that has it, `several`, or null
 * @param primary the primary key among them, if the record gives it
 */
export function decide(
  onConflict: OnConflict,
  taken: readonly (string | null)[],
  primary: number | undefined,
): Decision {
  const first = taken.findIndex(place => place !== null)
  if (first === -1) return { kind: 'new' }
  const key = onConflict === 'update' && primary !== undefined ? primary : first
  const own = onConflict === 'error' ? null : taken[key]
  const isOther = (place: string) => place !== own || (onConflict === 'update' && place === several)
  const clashing = taken.flatMap((place, index) => (place !== null && isOther(place) ? [index] : []))
  return clashing.length > 0 ? { kind: 'clash', keys: clashing } : { kind: 'existing', key }
}
