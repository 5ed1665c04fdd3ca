// The reference server as a process: configured by its environment, stopped by signals.
import { existsSync } from 'node:fs'
import { LadingError } from '@lading/core'
import { readConfig } from './config.ts'
import { ConfigError } from './config-error.ts'
import { createLog } from './json-log.ts'
import { onSignals } from './signals.ts'
import { startReferenceServer } from './start.ts'

async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const config = readConfig(process.env)
  const log = createLog(config.logLevel)
  const server = await startReferenceServer(config, log)
  onSignals(() => server.stop())
  log.info({ database: server.database, adapter: config.adapter, storage: config.storagePath }, 'ready')
  process.stdout.write(`listening on ${server.url}\n`)
}

main().catch((error: unknown) => {
  // One line that says what to do; a stack trace would hide it.
  const isOurs = error instanceof ConfigError || error instanceof LadingError
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`${isOurs ? message : `The server cannot start: ${message}`}\n`)
  process.exitCode = 1
})
