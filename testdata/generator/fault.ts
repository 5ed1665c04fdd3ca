// What a planted fault is: a share, and a function that spoils a record and says which errors that must give.
import type { Plan, Slot } from './plan.ts'
import type { Rng } from './rng.ts'

/** `field` is null where a line never became a record. */
export interface PlantedError {
  field: string | null
  code: string
}

/** A record about to be written; `text` replaces the whole line where it is set. */
export interface Draft<Row> {
  row: Row
  text?: string
}

/** Where a fault is planted, and which other records it may lean on. */
export interface Place {
  index: number
  /** The how-many-eth of its kind: faults go through their shapes in turn, so that every shape occurs. */
  rank: number
  rng: Rng
  /** A plain record before this one. */
  earlier(): number
  /** The record with the same rank in another kind. */
  twin(kind: string): number | undefined
  /** The other record of a pair, for kinds whose records 0 and 1, 2 and 3 … belong together. */
  partner(): number | undefined
}

/** A kind's share, and how it spoils a good record. `Source` gives the values of other records. */
export interface Fault<Row, Source> {
  per10k: number
  plant(draft: Draft<Row>, place: Place, source: Source): PlantedError[]
}

export type Faults<Row, Source> = Record<string, Fault<Row, Source>>

export interface WrittenRecord {
  text: string
  errors: readonly PlantedError[]
}

/** Names one error; a list of them goes in the order in which a report must give them. */
export function error(field: string | null, code: string): PlantedError {
  return { field, code }
}

export function missing(field: string): PlantedError {
  return error(field, 'MISSING_FIELD')
}

/** A fault that only overwrites fields; `change` gets the rank (for shapes in turn) and the good record. */
export function sets<Row extends object, Source>(
  per10k: number,
  change: (rank: number, row: Row) => Partial<Row>,
  errors: PlantedError[],
): Fault<Row, Source> {
  return {
    per10k,
    plant({ row }, { rank }) {
      Object.assign(row, change(rank, row))
      return errors
    },
  }
}

/** The shape whose turn it is; the list must not be empty. */
export function inTurn<T>(shapes: readonly T[], rank: number): T {
  return shapes[rank % shapes.length] as T
}

export function createPlace(plan: Plan, index: number, slot: Slot, rng: Rng): Place {
  const { kind, rank } = slot
  return {
    index,
    rank,
    rng,
    earlier: () => plan.earlierPlain(index, rng),
    twin: other => plan.indexOf(other, rank),
    partner: () => (kind === undefined ? undefined : plan.indexOf(kind, rank ^ 1)),
  }
}
