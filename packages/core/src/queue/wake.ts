// A bell that is not missed: rung while nobody waits, it ends the next wait at once.

export interface Wake {
  ring(): void
  /** Until it rings, the time is over or the signal comes. Without `ms`, the time is never over. */
  wait(ms: number | undefined, signal: AbortSignal): Promise<void>
}

export function createWake(): Wake {
  let hasRung = false
  let end: (() => void) | undefined
  return {
    ring() {
      hasRung = true
      end?.()
    },
    async wait(ms, signal) {
      if (!hasRung && !signal.aborted) {
        let timer: NodeJS.Timeout | undefined
        await new Promise<void>(resolve => {
          end = resolve
          signal.addEventListener('abort', end, { once: true })
          if (ms !== undefined) timer = setTimeout(end, ms)
        })
        clearTimeout(timer)
        if (end !== undefined) signal.removeEventListener('abort', end)
        end = undefined
      }
      hasRung = false
    },
  }
}

/** Until the time is over or the signal comes. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return createWake().wait(ms, signal)
}
