// Adds up the closing lines of several test runs in the file that is named, `N passed, N failed, N skipped`, and prints
// the failures that the file names before the sum.
import { readFileSync } from 'node:fs'

const all = readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean)
for (const line of all) if (line.startsWith('FAILED ')) process.stdout.write(`${line}\n`)
const lines = all.filter(line => /^\d+ passed, /.test(line))
const sum = word =>
  lines.reduce((total, line) => total + Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? Number.NaN), 0)
process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped\n`)
// Fewer lines than runs: one of them broke before it could say anything.
if (lines.length !== Number(process.argv[3]) || sum('failed') > 0) process.exit(1)
