// Whether the next batch is copied straight into the table, from how the last ones fared.

/** After a batch that the table refused, at most this many clean batches are merged before the next attempt. */
const longestPause = 16

export interface DirectStrategy {
  readonly isDue: boolean
  /** A batch was copied. */
  succeeded(): void
  /** The table refused a batch. */
  refused(): void
  /** A batch was merged instead. @param isClean nothing was rejected, updated or ignored */
  merged(isClean: boolean): void
  /** Row-level security applies: no batch of this run can be copied. */
  giveUp(): void
}

/**
 * An attempt that fails costs as much as one that succeeds, and leaves dead rows. So a run stays with the merge while
 * batches are dirty, and longer after each failure.
 */
export function directStrategy(): DirectStrategy {
  let pause = 1
  let wait = 0
  return {
    get isDue() {
      return wait === 0
    },
    succeeded() {
      pause = 1
    },
    refused() {
      wait = pause
      pause = Math.min(pause * 2, longestPause)
    },
    merged(isClean) {
      if (wait > 0 && isClean) wait--
    },
    giveUp() {
      wait = Number.POSITIVE_INFINITY
    },
  }
}
