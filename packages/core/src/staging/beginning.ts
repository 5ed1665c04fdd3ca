// Rows at the beginning of a run that the table refuses all alike → when that is the run's own fault, whatever the batches.
import type { Refusal } from './refusal.ts'

/** What has been refused so far, where that is all there was. */
export interface RefusedSoFar {
  readonly rows: number
  /** Undefined before the first one. */
  readonly state: string | undefined
}

/** Belongs to one run. Once a row got past the table, or was kept out for another reason, no later one is the first. */
export interface Beginning {
  /** Undefined when it is over. */
  readonly soFar: RefusedSoFar | undefined
  /** Hears what the table refused of a batch, which may still be taken back. */
  hear(refusals: readonly Refusal[]): void
  /** A batch of so many rows begins, or begins again. */
  open(rows: number): void
  /** The batch is committed. */
  close(): void
}

/** @param isOver the run goes on where an earlier attempt ended */
export function createBeginning(isOver = false): Beginning {
  let soFar: RefusedSoFar | undefined = isOver ? undefined : { rows: 0, state: undefined }
  let heard: readonly Refusal[] = []
  let wanted = 0
  return {
    get soFar() {
      return soFar
    },
    hear(refusals) {
      heard = refusals
    },
    open(rows) {
      heard = []
      wanted = rows
    },
    close() {
      if (soFar === undefined || wanted === 0) return
      const state = soFar.state ?? heard[0]?.state
      const isAll = heard.length === wanted && heard.every(one => one.state === state)
      soFar = isAll ? { rows: soFar.rows + wanted, state } : undefined
    },
  }
}
