// `npm run test:strict [-- file …]`: the tests, with every process that they start told to die of a rejection that nobody
// handles, and a look at each file for what it leaves running. What any of the processes dies of is listed at the end.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const folder = mkdtempSync(join(tmpdir(), 'lading-strict-'))
const listener = fileURLToPath(new URL('strict-listener.mjs', import.meta.url))
const { status } = spawnSync(
  process.execPath,
  [
    fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url)),
    'run',
    ...process.argv.slice(2),
  ],
  {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: 'inherit',
    env: {
      ...process.env,
      // Inherited by the command line, servers and workers that tests start.
      NODE_OPTIONS:
        `${process.env.NODE_OPTIONS ?? ''} --unhandled-rejections=strict --import=${pathToFileURL(listener)}`.trim(),
      LADING_STRICT: folder,
      LADING_TESTS: process.env.LADING_TESTS ?? 'all',
    },
  },
)
const told = readdirSync(folder).map(name => readFileSync(join(folder, name), 'utf8'))
rmSync(folder, { recursive: true })
for (const text of told) process.stderr.write(`\n${text}\n`)
const others = told.length === 1 ? '1 process has' : `${told.length} processes have`
process.stdout.write(`Strict: ${others} met an error that nobody handled.\n`)
process.exit(status === 0 && told.length > 0 ? 1 : (status ?? 1))
