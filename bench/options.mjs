// Command line → rows, rounds and keep; undefined, after printing the usage, for --help or invalid options.
import { parseArgs } from 'node:util'

const usage = `Usage: npm run bench -- [options]

  --rows N     users to import and export (1000000)
  --rounds N   times each side runs, in turn (3)
  --keep       keep the generated file for the next run with --keep
  --help       print this
`

/** EX_USAGE of sysexits.h. */
const usageExitCode = 64

/** @param {string[]} args */
export function readOptions(args) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        rows: { type: 'string', default: '1000000' },
        rounds: { type: 'string', default: '3' },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) {
      console.log(usage)
      return undefined
    }
    return { rows: count('rows', values.rows), rounds: count('rounds', values.rounds), keep: values.keep }
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`)
    process.exitCode = usageExitCode
    return undefined
  }
}

function count(name, text) {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name} must be a whole number from 1, not '${text}'`)
  return Number(text)
}
