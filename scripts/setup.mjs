// `npm run setup`: installs what the lock file names and builds the packages. Safe to repeat.
import { pnpm } from './pnpm.mjs'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Lading needs Node 20.19 or later; this is ${process.versions.node}.`)
  process.exit(1)
}

process.exitCode =
  (await pnpm('install', '--frozen-lockfile')) ||
  (await pnpm('-r', '--workspace-concurrency=2', 'run', 'build'))
