// What a child process reports about itself: the seconds of its work, its peak memory, and its event-loop utilization and delay.
import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

export function observe() {
  const started = performance.now()
  const loop = performance.eventLoopUtilization()
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  return {
    /** Since `observe`, which is called before the file is opened and the database is connected. */
    seconds: () => (performance.now() - started) / 1000,
    end: () => {
      const { utilization } = performance.eventLoopUtilization(loop)
      const [median, p99, max] = [delay.percentile(50), delay.percentile(99), delay.max].map(milliseconds)
      return { peakBytes: peakBytes(), eventLoop: { utilization, delayMs: { median, p99, max } } }
    },
  }
}

/** The peak resident memory of the process as counted by the kernel; null without /proc. */
function peakBytes() {
  try {
    const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
    return kib === undefined ? null : Number(kib) * 1024
  } catch {
    return null
  }
}

function milliseconds(nanoseconds) {
  return Math.round(nanoseconds / 1e5) / 10
}
