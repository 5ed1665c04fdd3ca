// Whose turn it is: resources that have fewer jobs running, and were served longer ago, come first.

export interface Turn {
  readonly resource: string
  /** Jobs of this resource that the consumer works on. */
  readonly running: number
  /** Grows with each delivery, so that the smallest was served longest ago. */
  readonly served: number
}

export interface Turns {
  /** Resources served so far; one that is not in it comes first. */
  list(): readonly Turn[]
  begin(resource: string): void
  end(resource: string): void
}

/**
 * The memory of one consumer. A claim orders messages by their rank within the resource plus the jobs of it that
 * run, then by who was served longest ago: a flood of one resource is met one by one with the jobs of others.
 */
export function createTurns(): Turns {
  const turns = new Map<string, { running: number; served: number }>()
  let count = 0
  return {
    list: () => Array.from(turns, ([resource, { running, served }]) => ({ resource, running, served })),
    begin(resource) {
      turns.set(resource, { running: (turns.get(resource)?.running ?? 0) + 1, served: ++count })
    },
    end(resource) {
      const turn = turns.get(resource)
      if (turn !== undefined) turn.running--
    },
  }
}
