// `npm run setup`: installs the locked dependencies and builds the packages. Safe to repeat.
import { fileURLToPath } from 'node:url'
import { pnpm } from './pnpm.mjs'

/** Resolves with an exit code. */
export async function setup() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Lading needs Node 20.19 or later; this is ${process.versions.node}.`)
    return 1
  }
  return (
    (await pnpm('install', '--frozen-lockfile')) ||
    (await pnpm('-r', '--workspace-concurrency=2', 'run', 'build'))
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await setup()
