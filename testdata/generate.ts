// The command line of the generator: reads the options, writes the files, prints what it wrote.
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  type ExpectedReport,
  type GenerateOptions,
  generate,
  type ResourceName,
  resourceFiles,
} from './generator/generate.ts'
import { UsageError } from './generator/usage-error.ts'

const usage = `Usage: npm run generate -- [options]

  --users N      users to write, as CSV (10000)
  --articles N   articles to write, as NDJSON (15000)
  --comments N   comments to write, as NDJSON (20000)
  --seed N       the same seed gives the same bytes (1)
  --out DIR      where to write (testdata/generated)
  --clean        plant no faults
  --help         print this
`

/** EX_USAGE of sysexits.h. */
const usageExitCode = 64

async function main(args: string[]): Promise<void> {
  const options = readOptions(args)
  if (options === undefined) {
    process.stdout.write(usage)
    return
  }
  const report = await generate(options)
  process.stdout.write(await table(report, options.outDir))
}

/** Undefined asks for help. */
function readOptions(args: string[]): GenerateOptions | undefined {
  const { values } = parse(args)
  if (values.help) return undefined
  return {
    users: wholeNumber('users', values.users),
    articles: wholeNumber('articles', values.articles),
    comments: wholeNumber('comments', values.comments),
    seed: wholeNumber('seed', values.seed),
    outDir: values.out,
    clean: values.clean,
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        users: { type: 'string', default: '10000' },
        articles: { type: 'string', default: '15000' },
        comments: { type: 'string', default: '20000' },
        seed: { type: 'string', default: '1' },
        out: { type: 'string', default: 'testdata/generated' },
        clean: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`--${name} must be a whole number, not '${text}'`)
  return Number(text)
}

async function table(report: ExpectedReport, outDir: string): Promise<string> {
  const lines = [['file', 'records', 'failed', 'errors', 'bytes']]
  for (const [name, counts] of Object.entries(report)) {
    const path = join(outDir, resourceFiles[name as ResourceName])
    const errors = Object.values(counts.errors_by_code).reduce((sum, count) => sum + count, 0)
    const { size } = await stat(path)
    lines.push([path, ...[counts.records, counts.failed, errors, size].map(String)])
  }
  const widths = [0, 1, 2, 3, 4].map(column => Math.max(...lines.map(line => line[column]?.length ?? 0)))
  const padded = lines.map(line =>
    line
      .map((text, column) =>
        column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0),
      )
      .join('  '),
  )
  return `${padded.join('\n')}\n`
}

main(process.argv.slice(2)).catch((problem: unknown) => {
  if (!(problem instanceof UsageError)) throw problem
  process.stderr.write(`${problem.message}\n\n${usage}`)
  process.exitCode = usageExitCode
})
