// Loaded before a process: how long its event loop kept anything waiting since it was asked last.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { whenAsked } from './when-asked.mjs'

const delay = monitorEventLoopDelay({ resolution: 10 })
delay.enable()
whenAsked(() => {
  const { max, count } = delay
  const reported = { p99Ms: delay.percentile(99) / 1e6, maxMs: max / 1e6, count }
  delay.reset()
  return reported
})
