// `npm run test:faults [-- --sabotage=checkpoint|fence|counters] [file …]`, `npm run soak`, `test:outages`, `test:standby`, `test:damage`.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const sabotages = ['checkpoint', 'fence', 'counters']
const given = process.argv.slice(2)
const sabotage = given.find(arg => arg.startsWith('--sabotage='))?.slice('--sabotage='.length)
const kind = ['soak', 'outages', 'standby', 'damage'].find(name => given.includes(`--${name}`))
const files = given.filter(arg => arg !== `--${kind}` && !arg.startsWith('--sabotage='))

if (sabotage !== undefined && !sabotages.includes(sabotage)) {
  process.stderr.write(`--sabotage must be one of ${sabotages.join(', ')}; it is "${sabotage}".\n`)
  process.exit(2)
}
if (sabotage !== undefined) {
  process.stdout.write(
    `Every worker is sabotaged (${sabotage}): what follows is to fail, by the oracle's word.\n`,
  )
  // The tests that look for exactly these defects; the others would only report the same again.
  if (files.length === 0) files.push('faults/judged', 'faults/kills', 'faults/zombies')
}
const { status } = spawnSync(
  process.execPath,
  [
    fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url)),
    'run',
    '--config',
    'faults/vitest.config.ts',
    '--root',
    '.',
    ...files,
  ],
  {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: 'inherit',
    env: {
      ...process.env,
      ...(sabotage && { FAULTS_SABOTAGE: sabotage }),
      ...(kind && { FAULTS_KIND: kind }),
    },
  },
)
process.exit(status ?? 1)
