// A clock that stands still while the machine does not let this process run: for bounds of time on a busy machine.

const tickMs = 10
/** The most that one tick counts. During anything longer, no request was served. */
const mostMs = 3 * tickMs

/** @returns milliseconds of running since the call, and the end of the clock */
export function fairClock(): () => number {
  let passed = 0
  let last = performance.now()
  const tick = () => {
    const now = performance.now()
    passed += Math.min(now - last, mostMs)
    last = now
  }
  const timer = setInterval(tick, tickMs).unref()
  return () => {
    clearInterval(timer)
    tick()
    return passed
  }
}
