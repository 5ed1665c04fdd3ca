// A record whose key already exists → the row that it matches, or the keys that conflict.
import { several } from './compare-sql.ts'

/** What to do with a record whose key already exists in the table or in an earlier record of the file. */
export type OnConflict = 'error' | 'ignore' | 'update'

export type Decision =
  | { readonly kind: 'new' }
  /** The record matches the row that has this key. */
  | { readonly kind: 'existing'; readonly key: number }
  /** These keys belong to another row than the one that the record matches. */
  | { readonly kind: 'clash'; readonly keys: readonly number[] }

/**
 * Decides which row a record matches:
 * - `error`: every taken key clashes.
 * - `ignore`: the first taken key identifies the row.
 * - `update`: the primary key identifies the row if the record gives it, so that an id never changes; otherwise the first
 *   taken key does.
 *
 * All other keys must be free or belong to the same row.
 *
 * @param taken for each key the location of the row that has it, `several`, or null
 * @param primary index of the primary key, if the record gives it
 */
export function decide(
  onConflict: OnConflict,
  taken: readonly (string | null)[],
  primary: number | undefined,
): Decision {
  const first = taken.findIndex(location => location !== null)
  if (first === -1) return { kind: 'new' }
  const key = onConflict === 'update' && primary !== undefined ? primary : first
  const own = onConflict === 'error' ? null : taken[key]
  const isOther = (location: string) => location !== own || (onConflict === 'update' && location === several)
  const clashing = taken.flatMap((location, index) => (location !== null && isOther(location) ? [index] : []))
  return clashing.length > 0 ? { kind: 'clash', keys: clashing } : { kind: 'existing', key }
}
