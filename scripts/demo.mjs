// `npm run demo`: sets up, runs the demo, and prints how long it took without the set-up.
import { setup } from './setup.mjs'

const failed = await setup()
if (failed) process.exitCode = failed
else {
  const started = performance.now()
  await import('../examples/reference-server/dist/demo.js')
  console.log(`${((performance.now() - started) / 1000).toFixed(1)} s from the end of set-up.`)
}
