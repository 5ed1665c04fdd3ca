// Applies numbered SQL files, each exactly once, even if several processes start at the same time.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LadingError } from '../errors/lading-error.ts'
import { type Client, type Pool, withClient } from './pool/checkout.ts'
import { databaseFault } from './sqlstate.ts'

/** Every migration file takes this advisory lock too, so `psql -f` and this function exclude each other. */
const lockKey = 5_120_184_216

export interface MigrateOptions {
  readonly pool: Pool
  /** Folders of numbered `.sql` files, applied in this order. @defaultValue Lading's own */
  readonly folders?: readonly string[] | undefined
}

export interface MigrateResult {
  /** Names of the migrations that this call applied, such as `lading/001_initial_schema`. */
  readonly applied: readonly string[]
  /** Names of the migrations that had been applied before. */
  readonly present: readonly string[]
}

/**
 * Applies missing migrations in the order of their names. Safe to repeat, and safe when several processes start at
 * once: one works, the others wait and find nothing to do.
 *
 * Each file is its own transaction and records its name in `lading.migrations`, so `psql -f` does the same and a later
 * call is a no-op. The SHA-256 of each file is recorded too: the function rejects a database made by another build of
 * Lading, and changes nothing in it.
 *
 * @throws LadingError `CONFIG_INVALID` for a folder that cannot be read and for the schema of another build,
 * `DATABASE_REFUSED` with the name of a migration that failed, `DATABASE_UNAVAILABLE`
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
      await client.query('select pg_advisory_lock($1)', [lockKey])
      const recordedHashes = await readRecordedHashes(client)
      const mismatch = findMismatch(files, recordedHashes)
      if (mismatch !== undefined) throw otherBuildFault(mismatch)
      const result = { applied: [] as string[], present: [] as string[] }
      for (const { name, sql, sha256 } of files) {
        if (recordedHashes.has(name)) {
          // Applied by psql, which cannot compute a hash.
          if (recordedHashes.get(name) === null) await client.query(recordHashSql, [name, sha256])
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
        await client.query(recordHashSql, [name, sha256])
        result.applied.push(name)
      }
      await client.query('select pg_advisory_unlock($1)', [lockKey])
      return result
    } catch (error) {
      throw databaseFault(error)
    }
  }
  return withClient(pool, apply, { isWatched: false })
}

/** The folder of Lading's own migrations: inside the installed package, or at the root of its repository. */
export function ladingMigrations(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'migrations', 'lading'))) {
    const parent = dirname(folder)
    if (parent === folder)
      throw new LadingError('CONFIG_INVALID', 'The package contains no migrations; reinstall it.')
    folder = parent
  }
  return join(folder, 'migrations', 'lading')
}

interface Migration {
  readonly name: string
  readonly sql: string
  readonly sha256: string
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = await readdir(folder).catch(cause => {
    throw new LadingError('CONFIG_INVALID', `The migrations folder ${folder} cannot be read.`, { cause })
  })
  return Promise.all(
    names
      .filter(name => name.endsWith('.sql'))
      .sort()
      .map(async file => {
        const sql = await readFile(join(folder, file), 'utf8')
        const name = `${basename(folder)}/${basename(file, '.sql')}`
        return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') }
      }),
  )
}

const recordHashSql = 'update lading.migrations set sha256 = $2 where name = $1 and sha256 is null'

/** Builds before the first release recorded names only. */
const noHash = 'not recorded'

/** Reads the applied migrations: name → SHA-256 of the file; null where psql applied it. */
async function readRecordedHashes(client: Client): Promise<ReadonlyMap<string, string | null>> {
  const { rows } = await client.query(`select to_regclass('lading.migrations') is not null as exists`)
  if (rows[0]?.exists !== true) return new Map()
  const found = await client.query('select to_jsonb(m) as entry from lading.migrations m')
  return new Map(
    found.rows.map(({ entry }) => {
      // A row as JSON distinguishes a missing column from an empty one.
      const { name, sha256 = noHash } = entry as { name: string; sha256?: string | null }
      return [name, sha256]
    }),
  )
}

/** Finds the first migration that was applied in another version, or that this build does not have. */
function findMismatch(
  files: readonly Migration[],
  recordedHashes: ReadonlyMap<string, string | null>,
): string | undefined {
  const changed = files.find(
    ({ name, sha256 }) => ![undefined, null, sha256].includes(recordedHashes.get(name)),
  )
  if (changed !== undefined) return changed.name
  const folders = new Set(files.map(({ name }) => dirname(name)))
  const names = new Set(files.map(({ name }) => name))
  return [...recordedHashes.keys()].find(name => folders.has(dirname(name)) && !names.has(name))
}

function otherBuildFault(name: string): LadingError {
  return new LadingError(
    'CONFIG_INVALID',
    `The schema "lading" of this database was made by another build (${name} differs): use the matching build, or run "drop schema lading cascade", which deletes all jobs, and migrate again.`,
  )
}
