// `npm run demo`: sets up, then runs the demo; says how long it took from the end of set-up.
import { setup } from './setup.mjs'

const failed = await setup()
if (failed) process.exitCode = failed
else {
  const started = performance.now()
  await import('../examples/reference-server/dist/demo.js')
  console.log(`${((performance.now() - started) / 1000).toFixed(1)} s from the end of set-up.`)
}
