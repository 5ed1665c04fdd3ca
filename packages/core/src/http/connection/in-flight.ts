// How many requests are worked on, so that a host that stops can wait until there is none.

export interface InFlight {
  /** One more, until what it returns is called. Calling that twice does nothing more. */
  begin(): () => void
  /** Resolves when there is none; at once where that is so now. */
  none(): Promise<void>
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
    async none() {
      if (count > 0) await new Promise<void>(resolve => waiting.push(resolve))
    },
  }
}
