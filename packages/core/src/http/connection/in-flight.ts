// Counts the requests in flight, so that a host can wait for them when it stops.

export interface InFlight {
  /** Counts one more request until the returned function is called. A second call of that does nothing. */
  begin(): () => void
  /** Resolves when there is none; at once if there is none now. */
  whenIdle(): Promise<void>
}

export function createInFlight(): InFlight {
  let count = 0
  let waiting: (() => void)[] = []
  return {
    begin() {
      let isEnded = false
      count++
      return () => {
        if (isEnded) return
        isEnded = true
        count--
        if (count > 0) return
        for (const resolve of waiting) resolve()
        waiting = []
      }
    },
    async whenIdle() {
      if (count > 0) await new Promise<void>(resolve => waiting.push(resolve))
    },
  }
}
