// Whose turn it is: keys without a running job in a circle, then those with the fewest running jobs.

export interface Turn {
  /** The circle starts after this key. */
  readonly after: string
  /** Keys with running jobs, which the circle leaves out. */
  readonly running: readonly string[]
  /** Of these, the ones that may have another job: fewest running jobs first, then longest without a turn. */
  readonly next: readonly string[]
}

/** The memory of one worker. */
export interface Fairness {
  turn(): Turn
  /** Jobs with these keys start, claimed in this turn. */
  begin(turn: Turn, keys: readonly string[]): void
  end(key: string): void
}

/**
 * A flood of one key gets the slots that no other key asks for: whenever a slot is free, a key without running jobs
 * comes first, so a key never waits for more than one job of each other key.
 *
 * @param perKey most running jobs of one key. @defaultValue no limit
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
      after = inCircle.sort(byTurn(turn)).at(-1) ?? after
    },
    end(key) {
      const entry = running.get(key)
      if (entry !== undefined && --entry.count === 0) running.delete(key)
    },
  }
}

/** Orders keys as a claim reaches them: along the circle, then those with running jobs. */
export function byTurn({ after, running, next }: Turn): (one: string, other: string) => number {
  const rank = (key: string) => {
    if (running.includes(key)) return 2 + next.indexOf(key)
    // The circle wraps around behind the last key.
    return compareKeys(key, after) > 0 ? 0 : 1
  }
  return (one, other) => rank(one) - rank(other) || compareKeys(one, other)
}

/** In the collation "C" of the column: by bytes, where JavaScript compares UTF-16 units. */
function compareKeys(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}
