// `npm test`: runs the tests, after setting up a fresh clone or one with a changed lock file.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setup } from './setup.mjs'

const root = new URL('..', import.meta.url)

/** pnpm keeps a copy of the installed lock file. */
function isInstalled() {
  const installed = new URL('node_modules/.pnpm/lock.yaml', root)
  const current = new URL('pnpm-lock.yaml', root)
  return existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(current, 'utf8')
}

/** Some tests run the built packages as users do; these tests check themselves whether a build is fresh. */
function isBuilt() {
  return readdirSync(new URL('packages', root)).every(name =>
    existsSync(new URL(`packages/${name}/dist`, root)),
  )
}

/** Resolves with the exit code of vitest. */
function runTests(args) {
  const vitest = fileURLToPath(new URL('node_modules/vitest/vitest.mjs', root))
  const child = spawn(process.execPath, [vitest, 'run', ...args], { cwd: root, stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(signal ? 1 : (code ?? 1)))
  })
}

const failed = isInstalled() && isBuilt() ? 0 : await setup()
process.exitCode = failed || (await runTests(process.argv.slice(2)))
