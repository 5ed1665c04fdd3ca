// The reference server: starts configuration, database, service and HTTP in this order, and stops them in reverse.
import { existsSync } from 'node:fs'
import { LadingError } from '@lading/core'
import project from '../lading.config.ts'
import { checkResources } from './api-keys.ts'
import { readConfig } from './config.ts'
import { ConfigError } from './config-error.ts'
import { startService } from './create-service.ts'
import { startHttpServer } from './http-server.ts'
import { createLog, logFault, logJob, logOutage } from './json-log.ts'
import { openDatabase } from './open-database.ts'
import { onSignals } from './signals.ts'

async function start(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const config = readConfig(process.env)
  checkResources(
    config.apiKeys,
    project.resources.map(({ name }) => name),
  )
  const log = createLog(config.logLevel)
  const database = await openDatabase(
    config,
    error => logFault(log, 'idle connection broke', error),
    sentence => log.warn(sentence),
  )
  try {
    const service = await startService(config, database.pool, {
      onJobEnd: job => logJob(log, job),
      onError: (error, { jobId }) => logFault(log, jobId === undefined ? 'queue' : `job ${jobId}`, error),
      onOutage: outage => logOutage(log, outage),
    })
    const http = await startHttpServer(config, service, log)
    onSignals(async () => {
      const workers = service.stop()
      await Promise.all([workers, http.close(workers)])
      await database.close()
    })
    log.info({ database: database.name, adapter: config.adapter, storage: config.storagePath }, 'ready')
    process.stdout.write(`listening on ${http.url}\n`)
  } catch (error) {
    await database.close()
    throw error
  }
}

start().catch((error: unknown) => {
  // One line that says what to do; a stack trace would hide it.
  const isOurs = error instanceof ConfigError || error instanceof LadingError
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`${isOurs ? message : `The server cannot start: ${message}`}\n`)
  process.exitCode = 1
})
