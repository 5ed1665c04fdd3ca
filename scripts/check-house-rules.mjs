// House rules that no linter checks: files stay short, and no comment disables a rule.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

const maxLines = 250
const disablesRule =
  /biome-ignore|eslint-disable|@ts-ignore|@ts-expect-error|@ts-nocheck|\b(?:it|test|describe)\.(?:only|todo)\(/

/** A transaction or setting elsewhere would miss the settings of `transaction.ts`. */
const transactions = 'packages/core/src/postgres/transaction/transaction.ts'
const ownTransaction =
  /['"`](?:begin|start transaction)(?:['"`;]| (?:isolation|transaction|work|read|not|;))|;\s*begin\s*;|\bset (?:local|session|transaction) /i
/** Type tests expect errors, and tsc reports a missing one. */
const isTypeTest = file => /^packages\/[^/]+\/test\/types\//.test(file)
const expectsError = /^\s*\/\/ @ts-expect-error\b/
const isSource = file =>
  /^packages\/(?!conformance\/)[^/]+\/src\//.test(file) && !file.endsWith('.test.ts') && file !== transactions
const comment = /^\s*(?:\/\/|\*|\/\*)/

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts', '*.mjs', '*.cjs'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter(file => file !== '' && existsSync(file))

const complaints = files.flatMap(file => {
  if (file === 'scripts/check-house-rules.mjs') return []
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  const found = lines.flatMap((line, index) =>
    disablesRule.test(line) && !(isTypeTest(file) && expectsError.test(line))
      ? [`${file}:${index + 1}: a rule or test is disabled: ${line.trim()}`]
      : [],
  )
  if (isSource(file)) {
    for (const [index, line] of lines.entries()) {
      if (comment.test(line) || !ownTransaction.test(line)) continue
      found.push(
        `${file}:${index + 1}: only ${transactions} may begin transactions and change settings: ${line.trim()}`,
      )
    }
  }
  if (lines.length > maxLines) found.push(`${file}: ${lines.length} lines, more than ${maxLines}; split it`)
  return found
})

for (const complaint of complaints) console.error(complaint)
if (complaints.length > 0) process.exitCode = 1
else console.log(`House rules: ${files.length} files checked.`)
