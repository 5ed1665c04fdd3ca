// How far a job is → its row, at most once a second.

/** Milliseconds between two writes: as often as somebody looks, and next to nothing for the database. */
const everyMs = 1_000

export interface ProgressWriter<Progress> {
  /** Called as often as one likes. */
  tell(progress: Partial<Progress>): void
  /** Resolves when the last write has come back. */
  stop(): Promise<void>
}

/**
 * @param none written at once, whatever an attempt before this one had told
 * @param write only where the job is still ours; whether it is, is the heartbeat's to find out
 */
export function writeProgress<Progress extends object>(
  none: Progress,
  write: (progress: Progress) => Promise<void>,
): ProgressWriter<Progress> {
  let now = none
  let told: Progress | undefined
  let writing: Promise<void> | undefined
  const look = () => {
    if (writing !== undefined || now === told) return
    told = now
    writing = write(now)
      .catch(() => undefined)
      .finally(() => {
        writing = undefined
      })
  }
  look()
  const timer = setInterval(look, everyMs)
  return {
    tell(progress) {
      now = { ...now, ...progress }
    },
    async stop() {
      clearInterval(timer)
      await writing
    },
  }
}
