// Configuration → the running server: starts database, service and HTTP in this order, and stops them in reverse.
import type { Logger } from 'pino'
import project from '../lading.config.ts'
import { checkResources } from './api-keys.ts'
import type { Config } from './config.ts'
import { startService } from './create-service.ts'
import { startHttpServer } from './http-server.ts'
import { logFault, logJob, logOutage } from './json-log.ts'
import { openDatabase } from './open-database.ts'

export interface ReferenceServer {
  /** `http://HOST:PORT`, with the actual port. */
  readonly url: string
  /** `embedded`, or the address of the database without its password. */
  readonly database: string
  /** Drains it. A second call waits for the same. */
  stop(): Promise<void>
}

/** @throws ConfigError, LadingError */
export async function startReferenceServer(config: Config, log: Logger): Promise<ReferenceServer> {
  checkResources(
    config.apiKeys,
    project.resources.map(({ name }) => name),
  )
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
    const http = await startHttpServer(config, service, log).catch(async (error: unknown) => {
      await service.stop()
      throw error
    })
    const drain = async () => {
      const workers = service.stop()
      try {
        await Promise.all([workers, http.close(workers)])
      } finally {
        await database.close()
      }
    }
    let stopped: Promise<void> | undefined
    return {
      url: http.url,
      database: database.name,
      stop() {
        stopped ??= drain()
        return stopped
      },
    }
  } catch (error) {
    await database.close()
    throw error
  }
}
