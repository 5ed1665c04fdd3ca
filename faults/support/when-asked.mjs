// Loaded into a process that a test watches: at each SIGUSR2 it writes down what `tell` returns.
import { renameSync, writeFileSync } from 'node:fs'

/** @param {() => unknown} tell */
export function whenAsked(tell) {
  const file = process.env.LADING_TOLD
  process.on('SIGUSR2', () => {
    // Whole, or not there.
    writeFileSync(`${file}.part`, JSON.stringify(tell()))
    renameSync(`${file}.part`, file)
  })
}
