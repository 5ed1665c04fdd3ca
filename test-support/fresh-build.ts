// Whether the build is up to date: then processes that tests start need not transpile the sources each time.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The build outputs that the command or the reference server loads, with their sources. */
const built: readonly (readonly [folder: string, file: string, sources: readonly string[]])[] = [
  ['packages/core', 'dist/index.js', ['src']],
  ['packages/embedded-postgres', 'dist/index.js', ['src']],
  ['packages/adapter-express', 'dist/index.js', ['src']],
  ['packages/adapter-fastify', 'dist/index.js', ['src']],
  ['packages/cli', 'dist/bin.js', ['src']],
  ['examples/reference-server', 'dist/main.js', ['src', 'resources', 'lading.config.ts']],
]

/** True if no source is newer than the build of its package. */
export function isBuildFresh(): boolean {
  return built.every(([folder, file, sources]) => {
    const made = statSync(join(root, folder, file), { throwIfNoEntry: false })
    return made !== undefined && sources.every(source => newest(join(root, folder, source)) <= made.mtimeMs)
  })
}

/** The modification time of the file, or of the newest one in the folder, in milliseconds. */
function newest(path: string): number {
  const found = statSync(path)
  if (found.isFile()) return found.mtimeMs
  return Math.max(...readdirSync(path).map(name => newest(join(path, name))))
}
