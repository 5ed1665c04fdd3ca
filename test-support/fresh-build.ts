// Whether what was built is what the sources say: processes that tests start then need not transpile them each time.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Packages that a process of the command or of the reference server loads, with a file that a build of each writes. */
const built: readonly (readonly [folder: string, file: string])[] = [
  ['packages/core', 'dist/index.js'],
  ['packages/embedded-postgres', 'dist/index.js'],
  ['packages/adapter-express', 'dist/index.js'],
  ['packages/adapter-fastify', 'dist/index.js'],
  ['packages/cli', 'dist/bin.js'],
]

/** True if no source is younger than the build of its package. */
export function isBuildFresh(): boolean {
  return built.every(([folder, file]) => {
    const made = statSync(join(root, folder, file), { throwIfNoEntry: false })
    return made !== undefined && newestSource(join(root, folder, 'src')) <= made.mtimeMs
  })
}

function newestSource(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  return Math.max(
    ...files.map(({ parentPath, path, name }) => statSync(join(parentPath ?? path, name)).mtimeMs),
  )
}
