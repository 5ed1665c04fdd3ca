// Adds up the closing lines (`N passed, N failed, N skipped`) of several test runs in a file, and prints the file's
// failures before the sum. Arguments: the file, the number of runs.
import { readFileSync } from 'node:fs'

const all = readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean)
for (const line of all) if (line.startsWith('FAILED ')) process.stdout.write(`${line}\n`)
const lines = all.filter(line => /^\d+ passed, /.test(line))
const sum = word =>
  lines.reduce((total, line) => total + Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? Number.NaN), 0)
process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped\n`)
// Fewer lines than runs: one run crashed before it printed its line.
if (lines.length !== Number(process.argv[3]) || sum('failed') > 0) process.exit(1)
