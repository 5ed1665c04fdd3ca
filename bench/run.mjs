// `npm run bench`: imports and exports a table of users with COPY and Lading in turn, and prints the speed of each.
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { compare } from './compare.mjs'
import { comparisons } from './comparisons.mjs'
import { usersFile } from './data.mjs'
import { machine, psqlVersion } from './machine.mjs'
import { readOptions } from './options.mjs'
import { resourceModule } from './resource.mjs'
import { describeServer, openServer } from './server.mjs'
import { summarize } from './summary.mjs'
import { table } from './table.mjs'

const builtCore = fileURLToPath(new URL('../packages/core/dist/index.js', import.meta.url))
const resultsFolder = fileURLToPath(new URL('results/', import.meta.url))

const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) {
  // Once only: a second Ctrl-C ends the process at once.
  process.once(signal, () => interrupted.abort(new Error(`Stopped by ${signal}.`)))
}

/** @param {{ rows: number, rounds: number, keep: boolean }} options */
async function bench(options) {
  const { signal } = interrupted
  const psql = psqlVersion()
  const described = machine(psql)
  console.log(described)

  const folder = await mkdtemp(join(tmpdir(), 'lading-bench-'))
  // The embedded server may run as another user, which must be able to reach the folder.
  await chmod(folder, 0o755)
  let server
  try {
    server = await openServer(folder)
    const settings = await describeServer(server.url)
    console.log(settings)

    const file = await usersFile({ ...options, folder, signal })
    const resource = await resourceModule(folder)
    const runs = await measure({
      ...options,
      folder,
      url: server.url,
      hasPsql: psql !== null,
      file,
      resource,
    })

    const summary = summarize(runs, options.rows)
    console.log(`\n${table(summary, options)}`)
    const path = await save({ machine: described, server: settings, options, runs, summary })
    console.log(`\nEvery run: ${path}`)
  } finally {
    try {
      await server?.close()
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
}

/** Every comparison, one after the other. */
async function measure(context) {
  const client = new pg.Client({ connectionString: context.url })
  // A connection that breaks between two queries emits `error`; without a listener, it would end the process and leave the server running.
  client.on('error', () => undefined)
  await client.connect()
  const runs = []
  try {
    for (const comparison of comparisons({ ...context, client })) {
      runs.push(...(await compare(comparison, { ...context, signal: interrupted.signal })))
    }
  } finally {
    await client.end()
  }
  return runs
}

async function save(result) {
  const date = new Date().toISOString()
  const path = join(resultsFolder, `${date.replaceAll(':', '-')}.json`)
  await mkdir(resultsFolder, { recursive: true })
  await writeFile(path, `${JSON.stringify({ date, ...result }, null, 2)}\n`)
  return path
}

const options = readOptions(process.argv.slice(2))
if (options !== undefined && !existsSync(builtCore)) {
  console.error('packages/core is not built; run `npm run setup` first.')
  process.exitCode = 1
} else if (options !== undefined) {
  await bench(options).catch(error => {
    console.error(interrupted.signal.aborted ? interrupted.signal.reason.message : error)
    process.exitCode = 1
  })
}
