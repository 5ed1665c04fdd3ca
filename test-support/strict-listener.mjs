// Records the uncaught error that is about to end a process. Loaded by every process of a strict run.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = process.env.LADING_STRICT
if (folder) {
  process.on('uncaughtExceptionMonitor', (error, origin) => {
    const command = process.argv.slice(1).join(' ')
    const text = `${origin} in ${command}\n${error instanceof Error ? error.stack : String(error)}`
    writeFileSync(join(folder, `${process.pid}-${process.hrtime.bigint()}`), text)
  })
}
