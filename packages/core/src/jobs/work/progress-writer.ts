// Writes the progress of a job to its row, at most once a second.

/** Milliseconds between two writes: frequent enough for viewers, and almost no load for the database. */
const everyMs = 1_000

export interface ProgressWriter<Progress> {
  /** May be called at any rate. */
  update(progress: Partial<Progress>): void
  /** Resolves when the last write has finished. */
  stop(): Promise<void>
}

/**
 * @param initial written at once, to replace the progress of an earlier attempt
 * @param write must only write while this worker holds the job; the heartbeat finds out if it does not
 */
export function writeProgress<Progress extends object>(
  initial: Progress,
  write: (progress: Progress) => Promise<void>,
): ProgressWriter<Progress> {
  let current = initial
  let written: Progress | undefined
  let writing: Promise<void> | undefined
  const flush = () => {
    if (writing !== undefined || current === written) return
    written = current
    writing = write(current)
      .catch(() => undefined)
      .finally(() => {
        writing = undefined
      })
  }
  flush()
  const timer = setInterval(flush, everyMs)
  return {
    update(progress) {
      current = { ...current, ...progress }
    },
    async stop() {
      clearInterval(timer)
      await writing
    },
  }
}
