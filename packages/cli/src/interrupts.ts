// SIGINT and SIGTERM → two abort signals: the first asks to end in order, the second to end at once.

export interface Interrupts {
  readonly first: AbortSignal
  readonly second: AbortSignal
  /** Gives the signals back to Node, for which they end the process. */
  close(): void
}

const names = ['SIGINT', 'SIGTERM'] as const

export function listenForInterrupts(): Interrupts {
  const first = new AbortController()
  const second = new AbortController()
  const close = () => {
    for (const name of names) process.removeListener(name, hear)
  }
  const hear = () => {
    if (!first.signal.aborted) {
      first.abort()
      return
    }
    second.abort()
    // If even that does not help, the third one ends the process.
    close()
  }
  for (const name of names) process.on(name, hear)
  return { first: first.signal, second: second.signal, close }
}
