// The classification of the suspects → the rejected rows and their verdicts, as if rows were merged one by one.
import type { MergeChecks } from './classify-sql.ts'

/** A key or reference that a row violates; `index` is its position in the `MergeChecks`. */
export type Verdict =
  /** `twin`: the staged row that already has the key, or null if the table has it. */
  | { readonly rule: 'key'; readonly index: number; readonly twin: number | null }
  | { readonly rule: 'reference'; readonly index: number }

export type Suspect = Readonly<Record<string, unknown>>

/**
 * Walks the suspects in file order. A rejected row does not reserve its key: a later row with the same key is accepted,
 * and a row that refers to the rejected one is rejected. Rows that are not suspects are accepted.
 *
 * @param barred rows that are rejected for another reason, and so do not reserve their keys either
 */
export function judge(
  questions: MergeChecks,
  suspects: readonly Suspect[],
  barred: ReadonlySet<number> = new Set(),
): ReadonlyMap<number, readonly Verdict[]> {
  const rejected = new Map<number, Verdict[]>()
  const isSuspect = new Set(suspects.map(suspect => suspect.row))
  /** For each key, the accepted row of each group. A group's first row is accepted if it is not a suspect. */
  const holders = questions.keys.map(() => new Map<number, number>())
  const holderOf = (key: number, group: number) =>
    holders[key]?.get(group) ?? (isSuspect.has(group) || barred.has(group) ? null : group)

  /** For each reference to the table itself, the key that identifies the referenced row. */
  const providers = questions.references.map(({ reference, isSelf }) => {
    const index = questions.keys.findIndex(
      ({ columns }) => columns.map(({ info }) => info.name).join() === reference.column,
    )
    return isSelf && index !== -1 ? index : undefined
  })

  for (const suspect of suspects) {
    const row = Number(suspect.row)
    const verdicts: Verdict[] = []
    questions.keys.forEach((_, index) => {
      const group = suspect[`group_${index}`]
      const twin = typeof group === 'number' && group !== row ? holderOf(index, group) : null
      if (twin !== null || suspect[`taken_${index}`]) verdicts.push({ rule: 'key', index, twin })
    })
    questions.references.forEach((_, index) => {
      if (suspect[`missing_${index}`] !== true) return
      const group = suspect[`maker_${index}`]
      const key = providers[index]
      if (typeof group === 'number' && key === undefined) {
        // A unique column without a declared key: only its first staged row is known.
        if (group < row && !rejected.has(group) && !barred.has(group)) return
        if (group === row && verdicts.length === 0) return
      }
      if (typeof group === 'number' && key !== undefined) {
        const holder = holderOf(key, group)
        if (holder !== null && holder < row) return
        // A row may refer to itself if it is accepted.
        if (suspect[`group_${key}`] === group && verdicts.length === 0) return
      }
      verdicts.push({ rule: 'reference', index })
    })
    if (verdicts.length > 0) rejected.set(row, verdicts)
    else if (!barred.has(row)) {
      for (const [index, ofGroup] of holders.entries()) {
        const group = suspect[`group_${index}`]
        if (typeof group === 'number') ofGroup.set(group, row)
      }
    }
  }
  return rejected
}
