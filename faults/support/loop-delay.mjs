// Loaded before a process: how long its event loop kept anything waiting since the last SIGUSR2, written at each of them.
import { renameSync, writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

const delay = monitorEventLoopDelay({ resolution: 10 })
delay.enable()
process.on('SIGUSR2', () => {
  const { max, count } = delay
  const told = { p99Ms: delay.percentile(99) / 1e6, maxMs: max / 1e6, count }
  // Whole, or not there.
  writeFileSync(`${process.env.LOOP_DELAY_FILE}.part`, JSON.stringify(told))
  renameSync(`${process.env.LOOP_DELAY_FILE}.part`, process.env.LOOP_DELAY_FILE)
  delay.reset()
})
