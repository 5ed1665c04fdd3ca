// `npm run bench:dirty`: imports files full of faults and duplicates, checks every count, and prints speed and memory.
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import pg from 'pg'
import { run } from './child.mjs'
import { machine, psqlVersion } from './machine.mjs'
import { describeServer, openServer } from './server.mjs'

const builtCore = fileURLToPath(new URL('../packages/core/dist/index.js', import.meta.url))
/** The maximum resident memory of a process, for any file. */
const mostBytes = 300e6

const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => interrupted.abort(new Error(`Stopped by ${signal}.`)))
}

async function bench(rows) {
  // Loads the built core, which may be missing.
  const [{ dirtyFiles, writeDirtyFile }, { ddl }] = await Promise.all([
    import('./dirty-files.mjs'),
    import('./dirty-people.mjs'),
  ])
  console.log(machine(psqlVersion()))
  const folder = await mkdtemp(join(tmpdir(), 'lading-dirty-'))
  // The embedded server may run as another user, which must be able to reach the folder.
  await chmod(folder, 0o755)
  let server
  try {
    server = await openServer(folder)
    console.log(await describeServer(server.url))
    const env = { DATABASE_URL: server.url }
    await printBatches(env)

    console.log(`\n${rows.toLocaleString('en')} records                 rows/s  of clean  peak MB  became`)
    let clean
    for (const file of dirtyFiles) {
      const path = join(folder, 'dirty.csv')
      const planted = await writeDirtyFile(file, rows, path, interrupted.signal)
      await query(server.url, file.keepsTable ? 'vacuum analyze people' : ddl)
      const before = await countPeople(server.url)
      const script = fileURLToPath(new URL('dirty-import.mjs', import.meta.url))
      const args = [script, file.onConflict, path]
      const { stdout } = await run(process.execPath, args, { env, signal: interrupted.signal })
      const result = JSON.parse(stdout)
      assertPlanted(file, planted, result, (await countPeople(server.url)) - before)
      clean ??= result.seconds
      console.log(lineOf(file, rows, clean, result))
    }
  } finally {
    try {
      await server?.close()
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
}

/** The cost of a batch that has bad rows, by their share. */
async function printBatches(env) {
  const script = fileURLToPath(new URL('dirty-batch.mjs', import.meta.url))
  const { stdout } = await run(process.execPath, [script], { env, signal: interrupted.signal })
  const [{ milliseconds: clean }, ...dirty] = JSON.parse(stdout)
  const added = dirty.map(
    ({ bad, milliseconds }) => `${bad.toLocaleString('en')} bad +${(milliseconds - clean).toFixed(0)} ms`,
  )
  console.log(`\nOne batch of 5,000 rows: clean ${clean.toFixed(0)} ms, ${added.join(', ')}`)
}

/** @throws Error if a count differs from what was planted, or memory exceeds the limit */
function assertPlanted({ what }, planted, { counts, told, peakBytes }, added) {
  if (!isDeepStrictEqual(counts, planted)) {
    throw new Error(`${what}: planted ${JSON.stringify(planted)}, reported ${JSON.stringify(counts)}`)
  }
  const errors = Object.values(planted.errorsByCode).reduce((sum, count) => sum + count, 0)
  if (told !== errors) throw new Error(`${what}: ${told} of ${errors} errors were reported.`)
  if (added !== planted.inserted) throw new Error(`${what}: the table grew by ${added} rows.`)
  if (peakBytes !== null && peakBytes > mostBytes) {
    throw new Error(`${what}: ${megabytes(peakBytes)} MB of memory; ${mostBytes / 1e6} are the most.`)
  }
}

function lineOf({ what }, rows, clean, { seconds, counts, peakBytes }) {
  const { inserted, updated, ignored, failed } = counts
  const became = Object.entries({ inserted, updated, ignored, failed }).filter(([, count]) => count > 0)
  return [
    what.padEnd(30),
    Math.round(rows / seconds)
      .toLocaleString('en')
      .padStart(8),
    (clean / seconds).toFixed(2).padStart(9),
    (peakBytes === null ? '–' : megabytes(peakBytes)).padStart(8),
    `  ${became.map(([name, count]) => `${count.toLocaleString('en')} ${name}`).join(', ')}`,
  ].join('')
}

const megabytes = bytes => (bytes / 1e6).toFixed(0)

const countPeople = async url =>
  (await query(url, 'select count(*)::int as people from people')).rows[0].people

async function query(url, sql) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await client.query(sql)
  } finally {
    await client.end()
  }
}

const { values } = parseArgs({ options: { rows: { type: 'string', default: '1000000' } } })
if (!/^[1-9]\d*$/.test(values.rows)) {
  console.error(`--rows must be a whole number from 1, not '${values.rows}'`)
  process.exitCode = 64
} else if (!existsSync(builtCore)) {
  console.error('packages/core is not built; run `npm run setup` first.')
  process.exitCode = 1
} else {
  await bench(Number(values.rows)).catch(error => {
    console.error(interrupted.signal.aborted ? interrupted.signal.reason.message : error)
    process.exitCode = 1
  })
}
