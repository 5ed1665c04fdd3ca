// Fairness: decides which key gets the next job. Keys without running jobs take turns round-robin; then come those
// with the fewest.

export interface Turn {
  /** By lane: the round-robin starts after this key. At the first key in lanes that are not there. */
  readonly after: ReadonlyMap<string, string>
  /** Keys with running jobs, which the round-robin skips. */
  readonly running: readonly string[]
  /** Those of them that may have another job: fewest running jobs first, then longest since their last turn. */
  readonly next: readonly string[]
}

/** What fairness knows of a job, by the names of its row. */
export interface ClaimedKey {
  readonly lane: string
  readonly fairness_key: string
}

/** Tracks the turns of one worker. */
export interface Fairness {
  turn(): Turn
  /** These jobs start, claimed in this turn. */
  begin(turn: Turn, jobs: readonly ClaimedKey[]): void
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
  const after = new Map<string, string>()
  let turns = 0

  return {
    turn() {
      const next = [...running].filter(([, { count }]) => count < perKey)
      next.sort(([, one], [, other]) => one.count - other.count || one.servedAt - other.servedAt)
      return { after: new Map(after), running: [...running.keys()], next: next.map(([key]) => key) }
    },
    begin(turn, jobs) {
      for (const { fairness_key: key } of jobs) {
        running.set(key, { count: (running.get(key)?.count ?? 0) + 1, servedAt: ++turns })
      }
      const inCircle = jobs.filter(({ fairness_key }) => !turn.running.includes(fairness_key))
      // The last one of each lane stays in the map.
      for (const job of inCircle.sort(compareByTurn(turn))) after.set(job.lane, job.fairness_key)
    },
    end(key) {
      const entry = running.get(key)
      if (entry !== undefined && --entry.count === 0) running.delete(key)
    },
  }
}

/** Orders jobs as a claim visits their keys: round-robin first, then those with running jobs. */
export function compareByTurn({
  after,
  running,
  next,
}: Turn): (one: ClaimedKey, other: ClaimedKey) => number {
  const rank = ({ lane, fairness_key: key }: ClaimedKey) => {
    if (running.includes(key)) return 2 + next.indexOf(key)
    // The round-robin wraps around after the last key.
    return compareKeys(key, after.get(lane) ?? '') > 0 ? 0 : 1
  }
  return (one, other) => rank(one) - rank(other) || compareKeys(one.fairness_key, other.fairness_key)
}

/** Compares by bytes, as the column's collation "C" does; JavaScript would compare UTF-16 units. */
function compareKeys(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}
