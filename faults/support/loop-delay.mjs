// Loaded before a server: how long its event loop kept anything waiting since the last SIGUSR2, written at each of them.
import { writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

const delay = monitorEventLoopDelay({ resolution: 10 })
delay.enable()
process.on('SIGUSR2', () => {
  const { max, count } = delay
  const told = { p99Ms: delay.percentile(99) / 1e6, maxMs: max / 1e6, count }
  writeFileSync(process.env.LOOP_DELAY_FILE, JSON.stringify(told))
  delay.reset()
})
