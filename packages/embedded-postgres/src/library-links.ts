/** Creates the symbolic links between PostgreSQL's libraries, which an npm package cannot contain. */
import { lstat, readFile, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { errnoOf } from './embedded-error.ts'

interface LibraryLink {
  readonly source: string
  readonly target: string
}

/**
 * Creates the missing links. The package's own install script would do so, but package managers do not run such scripts
 * by default. Safe to call at any time and from several processes.
 *
 * @returns false if a link is missing and the folder is not writable
 */
export async function makeLibraryLinks(native: string): Promise<boolean> {
  for (const { source, target } of await readLinks(native)) {
    // Both are relative to the parent of native: 'native/lib/libpq.so.5'.
    const path = join(dirname(native), target.replace(/^native\b/, nameOf(native)))
    if (await exists(path)) continue
    try {
      await symlink(relative(dirname(target), source), path)
    } catch (error) {
      const code = errnoOf(error)
      if (code === 'EEXIST') continue
      if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false
      throw error
    }
  }
  return true
}

async function readLinks(native: string): Promise<LibraryLink[]> {
  try {
    // The list is part of the package, which is pinned to one version.
    return JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as LibraryLink[]
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw error
  }
}

function nameOf(native: string): string {
  return relative(dirname(native), native)
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}
