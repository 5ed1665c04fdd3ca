// `npm run test:strict [-- file …]`: runs the tests so that an unhandled rejection ends any process that they start, and
// checks what each test file leaves running. The errors that ended a process are listed at the end.
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
const uncaught = readdirSync(folder).map(name => readFileSync(join(folder, name), 'utf8'))
rmSync(folder, { recursive: true })
for (const text of uncaught) process.stderr.write(`\n${text}\n`)
const others = uncaught.length === 1 ? '1 process has' : `${uncaught.length} processes have`
process.stdout.write(`Strict: ${others} met an unhandled error.\n`)
process.exit(status === 0 && uncaught.length > 0 ? 1 : (status ?? 1))
