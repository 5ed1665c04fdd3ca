// Whether what was built is what the sources say: processes that tests start then need not transpile them each time.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What a process of the command or of the reference server loads: a file that a build writes, and its sources. */
const built: readonly (readonly [folder: string, file: string, sources: readonly string[]])[] = [
  ['packages/core', 'dist/index.js', ['src']],
  ['packages/embedded-postgres', 'dist/index.js', ['src']],
  ['packages/adapter-express', 'dist/index.js', ['src']],
  ['packages/adapter-fastify', 'dist/index.js', ['src']],
  ['packages/cli', 'dist/bin.js', ['src']],
  ['examples/reference-server', 'dist/main.js', ['src', 'resources', 'lading.config.ts']],
]

/** True if no source is younger than the build of its package. */
export function isBuildFresh(): boolean {
  return built.every(([folder, file, sources]) => {
    const made = statSync(join(root, folder, file), { throwIfNoEntry: false })
    return made !== undefined && sources.every(source => newest(join(root, folder, source)) <= made.mtimeMs)
  })
}

/** Milliseconds when the file, or the youngest one in the folder, was changed. */
function newest(path: string): number {
  const found = statSync(path)
  if (found.isFile()) return found.mtimeMs
  return Math.max(...readdirSync(path).map(name => newest(join(path, name))))
}
