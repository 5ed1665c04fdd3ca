// Runs the pnpm version of `packageManager`, so that a newcomer needs only Node.js and npm.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const { packageManager } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

/** Runs `pnpm ...args` in the workspace root; resolves with its exit code. */
export function pnpm(...args) {
  const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx'
  const child = spawn(npx, ['-y', packageManager, ...args], {
    cwd: new URL('..', import.meta.url),
    stdio: 'inherit',
    shell: process.platform === 'win32',
    // Without a terminal, pnpm would still prompt unless CI is set.
    env: process.stdin.isTTY ? process.env : { ...process.env, CI: 'true' },
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(signal ? 1 : (code ?? 1)))
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await pnpm(...process.argv.slice(2))
}
