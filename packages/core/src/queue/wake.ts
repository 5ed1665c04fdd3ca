// An auto-reset event: if it is set while nothing waits, the next wait ends at once.

export interface Wake {
  ring(): void
  /**
   * Waits until the event is set, `ms` milliseconds have passed, or the signal is aborted. Without `ms` there is no
   * timeout.
   */
  wait(ms: number | undefined, signal: AbortSignal): Promise<void>
}

export function createWake(): Wake {
  let isSet = false
  let resolveWait: (() => void) | undefined
  return {
    ring() {
      isSet = true
      resolveWait?.()
    },
    async wait(ms, signal) {
      if (!isSet && !signal.aborted) {
        let timer: NodeJS.Timeout | undefined
        await new Promise<void>(resolve => {
          resolveWait = resolve
          signal.addEventListener('abort', resolveWait, { once: true })
          if (ms !== undefined) timer = setTimeout(resolveWait, ms)
        })
        clearTimeout(timer)
        if (resolveWait !== undefined) signal.removeEventListener('abort', resolveWait)
        resolveWait = undefined
      }
      isSet = false
    },
  }
}

/** Waits until `ms` milliseconds have passed or the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return createWake().wait(ms, signal)
}
