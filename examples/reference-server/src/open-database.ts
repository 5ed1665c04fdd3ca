// The configured database, or the embedded one; migrated before anything else uses it.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ladingMigrations, migrate, waitForDatabase } from '@lading/core'
import pg from 'pg'
import type { Config } from './config.ts'

export interface ServerDatabase {
  readonly pool: pg.Pool
  /** `embedded`, or the server's address without its password. */
  readonly name: string
  close(): Promise<void>
}

/** `jobs.work()` needs one connection per worker and three for control; the rest is for requests. */
const poolSize = ({ importWorkers, exportWorkers }: Config) => 2 * (importWorkers + exportWorkers) + 8

/** @param onWait called while the database cannot be reached yet */
export async function openDatabase(
  config: Config,
  onError: (error: Error) => void,
  onWait: (sentence: string) => void,
): Promise<ServerDatabase> {
  const server = config.databaseUrl === undefined ? await startEmbedded(config) : undefined
  const url = config.databaseUrl ?? server?.url
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize(config),
    // A name in the URL or in PGAPPNAME overrides it.
    fallback_application_name: 'lading server',
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
  })
  // The pool replaces a broken idle connection; without a listener the error would end the process.
  pool.on('error', onError)
  try {
    await waitForDatabase(pool, { onWait })
    await migrate({ pool, folders: [ladingMigrations(), referenceMigrations()] })
  } catch (error) {
    await pool.end()
    await server?.stop()
    throw error
  }
  return {
    pool,
    name: server === undefined ? withoutPassword(url) : 'embedded',
    async close() {
      await pool.end()
      await server?.stop()
    },
  }
}

async function startEmbedded({ dataDir }: Config) {
  // Loaded on demand: a server with its own database does not need the package.
  const { startEmbeddedPostgres } = await import('@lading/embedded-postgres')
  return startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres'), database: 'bulk_import_export' })
}

function referenceMigrations(): string {
  return fileURLToPath(new URL('../../../migrations/reference', import.meta.url))
}

function withoutPassword(url: string | undefined): string {
  const { host, pathname } = new URL(url ?? '')
  return `${host}${pathname}`
}
