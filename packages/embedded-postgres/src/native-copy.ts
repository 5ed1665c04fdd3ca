/** Copies PostgreSQL's programs to a folder where the server's account can run them. */
import { chmod, cp, lstat, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Binaries, binariesIn } from './binaries.ts'
import { errnoOf } from './embedded-error.ts'
import { makeLibraryLinks } from './library-links.ts'
import { withLock } from './lock.ts'

/** Creates the copy unless it exists, and returns the programs in it. Safe to call from several processes. */
export async function copyBinaries(binaries: Binaries, folder: string): Promise<Binaries> {
  const native = join(folder, `native-${binaries.version}-${process.arch}`)
  await withLock(`${native}.lock`, async () => {
    if (await exists(native)) return
    const draft = `${native}.draft`
    // A killed process left this draft: under the lock no other process works on it.
    await rm(draft, { recursive: true, force: true })
    await cp(binaries.native, draft, { recursive: true, verbatimSymlinks: true })
    await makeLibraryLinks(draft)
    await openToAll(draft)
    await rename(draft, native)
  })
  return binariesIn(native, binaries)
}

/** Packages installed under a strict umask are readable only by their owner. */
async function openToAll(path: string): Promise<void> {
  const entry = await lstat(path)
  if (entry.isSymbolicLink()) return
  if (!entry.isDirectory()) return chmod(path, entry.mode & 0o100 ? 0o755 : 0o644)
  await chmod(path, 0o755)
  for (const name of await readdir(path)) await openToAll(join(path, name))
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false
    throw error
  }
}
