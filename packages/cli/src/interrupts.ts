// SIGINT and SIGTERM → two abort signals: the first for an orderly stop, the second to stop at once.

export interface Interrupts {
  readonly first: AbortSignal
  readonly second: AbortSignal
  /** Removes the listeners; after that the signals end the process, as by default in Node.js. */
  close(): void
}

const names = ['SIGINT', 'SIGTERM'] as const

export function listenForInterrupts(): Interrupts {
  const first = new AbortController()
  const second = new AbortController()
  const close = () => {
    for (const name of names) process.removeListener(name, onSignal)
  }
  const onSignal = () => {
    if (!first.signal.aborted) {
      first.abort()
      return
    }
    second.abort()
    // If that does not help either, the third one ends the process.
    close()
  }
  for (const name of names) process.on(name, onSignal)
  return { first: first.signal, second: second.signal, close }
}
