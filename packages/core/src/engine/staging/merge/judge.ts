// What the database found of each suspect → who is rejected for what, as if records were judged one by one.
import type { Questions } from './classify-sql.ts'

/** A rule that a row breaks, by its place among the questions that were asked. */
export type Verdict =
  /** `twin`: staged row that already has the key, or null where the table has it. */
  | { readonly rule: 'key'; readonly index: number; readonly twin: number | null }
  | { readonly rule: 'reference'; readonly index: number }

export type Suspect = Readonly<Record<string, unknown>>

/**
 * Walks the suspects in file order. A row that is rejected blocks nobody: a later one with the same key gets in,
 * and one that refers to it does not. Rows that are no suspects are accepted.
 *
 * @param barred rows that are known to stay out for another reason, so that they block nobody either
 */
export function judge(
  questions: Questions,
  suspects: readonly Suspect[],
  barred: ReadonlySet<number> = new Set(),
): ReadonlyMap<number, readonly Verdict[]> {
  const rejected = new Map<number, Verdict[]>()
  const isSuspect = new Set(suspects.map(suspect => suspect.row))
  /** For each key, the accepted row of each group. A group's first row is accepted if it is no suspect. */
  const holders = questions.keys.map(() => new Map<number, number>())
  const holderOf = (key: number, group: number) =>
    holders[key]?.get(group) ?? (isSuspect.has(group) || barred.has(group) ? null : group)

  /** For each reference into the table itself, the key that its targets are found by. */
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
        // A unique column that is no declared key: only its first staged row is known.
        if (group < row && !rejected.has(group) && !barred.has(group)) return
        if (group === row && verdicts.length === 0) return
      }
      if (typeof group === 'number' && key !== undefined) {
        const holder = holderOf(key, group)
        if (holder !== null && holder < row) return
        // A row may refer to itself, if it gets in.
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
