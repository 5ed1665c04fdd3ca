// Returns ids that a later resource can refer to: of imported and of rejected records.
import type { Plan } from './plan.ts'
import type { Rng } from './rng.ts'
import { uuid } from './uuid.ts'

export interface Referable {
  /** The id of an imported record. */
  existing(rng: Rng): string
  /** The id of a rejected record; where the file is too small to have one, an id that is nowhere. */
  rejected(rng: Rng): string
}

/** `rejectedKinds` are kinds that are always rejected and whose records have their own id. */
export function createReferable(
  plan: Plan,
  idOf: (index: number) => string,
  rejectedKinds: string[],
): Referable {
  const kinds = rejectedKinds.filter(kind => plan.countOf(kind) > 0)
  return {
    existing: rng => idOf(plan.anyPlain(rng)),
    rejected(rng) {
      if (kinds.length === 0) return uuid(rng)
      const kind = rng.pick(kinds)
      const index = plan.indexOf(kind, rng.below(plan.countOf(kind)))
      return index === undefined ? uuid(rng) : idOf(index)
    },
  }
}
