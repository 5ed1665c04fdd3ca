// Numbered SQL files, each applied once, by however many processes start at the same time.
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LadingError } from '../errors/lading-error.ts'
import { type Client, type Pool, withClient } from './client.ts'
import { databaseFault } from './sqlstate.ts'

/** Every migration file takes this advisory lock too, so that `psql -f` and this function exclude each other. */
const lock = 5_120_184_216

export interface MigrateOptions {
  readonly pool: Pool
  /** Folders of numbered `.sql` files, applied in this order. @defaultValue Lading's own */
  readonly folders?: readonly string[] | undefined
}

export interface MigrateResult {
  /** Names of the migrations that this call applied, such as `lading/001_initial_schema`. */
  readonly applied: readonly string[]
  /** Names of those that were there already. */
  readonly present: readonly string[]
}

/**
 * Applies what is missing, in the order of the names. Safe to repeat, and safe when eight processes start at
 * once: one works, the others wait and find nothing to do.
 *
 * Each file is a transaction of its own that records its name in `lading.migrations`, so that `psql -f` does the
 * same and a later call is a no-op.
 *
 * @example
 * await migrate({ pool })
 * await migrate({ pool, folders: [ladingMigrations(), './migrations'] })
 */
export async function migrate({
  pool,
  folders = [ladingMigrations()],
}: MigrateOptions): Promise<MigrateResult> {
  const files = (await Promise.all(folders.map(readMigrations))).flat()
  const apply = async (client: Client): Promise<MigrateResult> => {
    try {
      await client.query('select pg_advisory_lock($1)', [lock])
      const known = await recordedNames(client)
      const result = { applied: [] as string[], present: [] as string[] }
      for (const { name, sql } of files) {
        if (known.has(name)) {
          result.present.push(name)
          continue
        }
        await client.query(sql).catch(cause => {
          const { message } = databaseFault(cause)
          throw new LadingError(
            'DATABASE_REFUSED',
            `The migration ${name} failed and changed nothing: ${message}`,
            { cause },
          )
        })
        result.applied.push(name)
      }
      await client.query('select pg_advisory_unlock($1)', [lock])
      return result
    } catch (error) {
      throw databaseFault(error)
    }
  }
  return withClient(pool, apply, { isWatched: false })
}

/** The folder of Lading's own migrations: beside the package when installed, at the root in its repository. */
export function ladingMigrations(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'migrations', 'lading'))) {
    const parent = dirname(folder)
    if (parent === folder)
      throw new LadingError('CONFIG_INVALID', 'The package holds no migrations; install it anew.')
    folder = parent
  }
  return join(folder, 'migrations', 'lading')
}

async function readMigrations(folder: string): Promise<{ name: string; sql: string }[]> {
  const names = await readdir(folder).catch(cause => {
    throw new LadingError('CONFIG_INVALID', `The migrations folder ${folder} cannot be read.`, { cause })
  })
  return Promise.all(
    names
      .filter(name => name.endsWith('.sql'))
      .sort()
      .map(async name => ({
        name: `${basename(folder)}/${basename(name, '.sql')}`,
        sql: await readFile(join(folder, name), 'utf8'),
      })),
  )
}

async function recordedNames(client: Client): Promise<ReadonlySet<unknown>> {
  const { rows } = await client.query(`select to_regclass('lading.migrations') is not null as exists`)
  if (rows[0]?.exists !== true) return new Set()
  const recorded = await client.query('select name from lading.migrations')
  return new Set(recorded.rows.map(row => row.name))
}
