// Adds up the closing lines of several test runs, one a line in the file that is named: `N passed, N failed, N skipped`.
import { readFileSync } from 'node:fs'

const lines = readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean)
const sum = word =>
  lines.reduce((total, line) => total + Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? Number.NaN), 0)
process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped\n`)
// Fewer lines than runs: one of them broke before it could say anything.
if (lines.length !== Number(process.argv[3]) || sum('failed') > 0) process.exit(1)
