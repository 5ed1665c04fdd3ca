// SIGTERM and SIGINT: the first one drains, a second one exits at once.

/** Under `npm`, Ctrl-C reaches the process twice within a millisecond: as a member of the group, and from npm. */
const debounceMs = 250
const deadlineMs = 5_000

/** @param drain finishes the work; after five seconds the process exits without it */
export function onSignals(drain: () => Promise<void>): void {
  let first: number | undefined
  const receive = () => {
    if (first !== undefined) {
      if (performance.now() - first > debounceMs) process.exit(1)
      return
    }
    first = performance.now()
    setTimeout(() => process.exit(1), deadlineMs).unref()
    drain().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.on('SIGTERM', receive)
  process.on('SIGINT', receive)
}
