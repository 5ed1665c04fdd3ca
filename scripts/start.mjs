// `npm start`: sets up if needed, then runs the reference server in this process.
import { existsSync } from 'node:fs'
import { setup } from './setup.mjs'

const server = new URL('../examples/reference-server/dist/main.js', import.meta.url)

const failed = existsSync(server) ? 0 : await setup()
if (failed) process.exitCode = failed
else await import(server)
