/** Makes the links among PostgreSQL's libraries, which an npm package cannot contain. */
import { lstat, readFile, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { errnoOf } from './errors.ts'

interface LibraryLink {
  readonly source: string
  readonly target: string
}

/**
 * The package's own install script would make them, but package managers are right not to run such scripts
 * unasked. Safe to call at any time and from several processes.
 *
 * @returns false when a link is missing and the folder does not let itself be written to
 */
export async function makeLibraryLinks(native: string): Promise<boolean> {
  for (const { source, target } of await readLinks(native)) {
    // Both are noted relative to the folder above native: 'native/lib/libpq.so.5'.
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
    // The list is part of the package that is pinned to one version.
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
