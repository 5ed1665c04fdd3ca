// Fairness: decides which key gets the next job. Keys without running jobs take turns round-robin; then come those
// with the fewest.

export interface Turn {
  /** The round-robin starts after this key. */
  readonly after: string
  /** Keys with running jobs, which the round-robin skips. */
  readonly running: readonly string[]
  /** Those of them that may have another job: fewest running jobs first, then longest since their last turn. */
  readonly next: readonly string[]
}

/** Tracks the turns of one worker. */
export interface Fairness {
  turn(): Turn
  /** Jobs with these keys start, claimed in this turn. */
  begin(turn: Turn, keys: readonly string[]): void
  end(key: string): void
}

/**
 * Many jobs of one key get only the slots that no other key needs: a key without running jobs always gets the next
 * free slot, so it waits for at most one job of each other key.
 *
 * @param perKey maximum running jobs per key. @defaultValue no limit
 */
export function createFairness(perKey = Number.POSITIVE_INFINITY): Fairness {
  const running = new Map<string, { count: number; servedAt: number }>()
  let after = ''
  let turns = 0

  return {
    turn() {
      const next = [...running].filter(([, { count }]) => count < perKey)
      next.sort(([, one], [, other]) => one.count - other.count || one.servedAt - other.servedAt)
      return { after, running: [...running.keys()], next: next.map(([key]) => key) }
    },
    begin(turn, keys) {
      for (const key of keys) {
        running.set(key, { count: (running.get(key)?.count ?? 0) + 1, servedAt: ++turns })
      }
      const inCircle = keys.filter(key => !turn.running.includes(key))
      after = inCircle.sort(compareByTurn(turn)).at(-1) ?? after
    },
    end(key) {
      const entry = running.get(key)
      if (entry !== undefined && --entry.count === 0) running.delete(key)
    },
  }
}

/** Orders keys as a claim visits them: round-robin first, then those with running jobs. */
export function compareByTurn({ after, running, next }: Turn): (one: string, other: string) => number {
  const rank = (key: string) => {
    if (running.includes(key)) return 2 + next.indexOf(key)
    // The round-robin wraps around after the last key.
    return compareKeys(key, after) > 0 ? 0 : 1
  }
  return (one, other) => rank(one) - rank(other) || compareKeys(one, other)
}

/** Compares by bytes, as the column's collation "C" does; JavaScript would compare UTF-16 units. */
function compareKeys(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}
