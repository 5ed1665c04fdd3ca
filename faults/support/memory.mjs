// Loaded before a process: bytes that it still needs when all garbage is collected, in the heap and outside of it.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { whenAsked } from './when-asked.mjs'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')
whenAsked(() => {
  // What the first finds dead may hold more, which the second finds.
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
})
