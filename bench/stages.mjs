// `npm run bench:stages`: what each stage of an import costs Node, in microseconds of CPU per row, without a database to wait for.
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { users } from '../examples/reference-server/resources/users.ts'
import { defaults } from '../packages/core/src/config/defaults.ts'
import { compileLimitCheck } from '../packages/core/src/engine/catalogue/fit/fit.ts'
import { readTarget } from '../packages/core/src/engine/catalogue/read-target.ts'
import { codecsOf } from '../packages/core/src/engine/catalogue/target.ts'
import { encodeAhead } from '../packages/core/src/engine/fast-path/encode-ahead.ts'
import { formatByName } from '../packages/core/src/engine/format/formats.ts'
import { openText } from '../packages/core/src/engine/format/text/decode-text.ts'
import { encode, regroup } from '../packages/core/src/engine/import/stages/batches.ts'
import { mapFields } from '../packages/core/src/engine/resource/mapping/map-fields.ts'
import { readChunks } from '../packages/core/src/engine/source/chunks.ts'
import { validate } from '../packages/core/src/engine/validation/validate.ts'
import { parseValues } from '../packages/core/src/engine/value/parse-values.ts'
import { machine, psqlVersion } from './machine.mjs'
import { openServer } from './server.mjs'
import { freshTable } from './users-table.mjs'

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '50000' },
    rounds: { type: 'string', default: '7' },
    /** Fails if a stage takes twice the share of a round that `stages.json` has for it. */
    check: { type: 'boolean', default: false },
    /** Writes `stages.json`. */
    record: { type: 'boolean', default: false },
  },
})
const rows = Number(options.rows)
const recorded = new URL('stages.json', import.meta.url)

/** The stages of `importPipeline`, but for those that do nothing for these files: scope, hooks, views. */
function stagesOf(name, target, source) {
  const format = formatByName(name)
  const codecOf = codecsOf(target)
  const { signal } = new AbortController()
  return {
    text: () => openText(readChunks(source, defaults.decodeChunkBytes, signal), {}),
    decode: text => format.decode(text, { maxRecordBytes: 1 << 20, maxColumns: defaults.maxColumns }),
    map: records => mapFields(records, users, {}),
    ahead: mapped => encodeAhead(mapped, target, { from: format.values }),
    parse: rows => parseValues(rows, users, { from: format.values, codecOf }),
    validate: parsed => validate(parsed, users, compileLimitCheck(target), codecOf),
    regroup: judged => regroup(judged, { batchRows: defaults.batchRows, batchBytes: defaults.batchBytes }),
    encode: batches => encode(batches, target, { mayUpdate: false }),
  }
}

/** A fifth of the names is quoted, which is what costs a reader of CSV. */
function usersAs(name) {
  const lines = Array.from({ length: rows }, (_, index) => {
    const id = `6f304cd1-8a43-4417-aec7-${String(index).padStart(12, '0')}`
    const person = index % 5 === 0 ? `Müller, Person ${index}` : `Person ${index}`
    const at = '2024-01-31T12:00:00Z'
    const user = {
      id,
      email: `user${index}@example.org`,
      name: person,
      role: 'reader',
      active: true,
      created_at: at,
      updated_at: at,
    }
    if (name === 'ndjson') return JSON.stringify(user)
    return Object.values({ ...user, name: index % 5 === 0 ? `"${person}"` : person }).join()
  })
  const header = name === 'csv' ? ['id,email,name,role,active,created_at,updated_at'] : []
  return Buffer.from(`${[...header, ...lines].join('\n')}\n`)
}

/** Runs the stages one after the other over the whole file. @returns CPU microseconds per row of each */
async function round(stages) {
  const found = {}
  let input = []
  for (const [name, stage] of Object.entries(stages)) {
    const output = []
    // No stage pays for the garbage of another.
    globalThis.gc?.()
    const started = process.cpuUsage()
    for await (const batch of stage(iterate(input))) output.push(batch)
    const { user, system } = process.cpuUsage(started)
    found[name] = (user + system) / rows
    input = output
  }
  return found
}

async function* iterate(batches) {
  yield* batches
}

/** The least of all rounds: everything else on the machine only adds. */
async function cheapest(stages) {
  const least = {}
  // The first rounds compile the code.
  for (let number = -2; number < Number(options.rounds); number++) {
    const found = await round(stages)
    if (number < 0) continue
    for (const [name, cost] of Object.entries(found)) least[name] = Math.min(least[name] ?? cost, cost)
  }
  return least
}

function print(name, costs) {
  const total = totalOf(costs)
  console.log(`\n${name}, ${rows} rows: ${total.toFixed(2)} µs of CPU per row`)
  for (const [stage, cost] of Object.entries(costs)) {
    const share = cost / total
    console.log(
      `  ${stage.padEnd(9)} ${cost.toFixed(2).padStart(6)} µs ${'█'.repeat(Math.round(share * 40))}`,
    )
  }
}

function totalOf(costs) {
  return Object.values(costs).reduce((sum, cost) => sum + cost, 0)
}

/** Stages below this share of a round are too small to compare. */
const leastShare = 0.05

/** Shares do not depend on the speed of the machine. */
function slower(costs, before) {
  const share = (of, stage) => (of[stage] ?? 0) / totalOf(of)
  return Object.keys(costs).filter(
    stage => share(costs, stage) > 2 * Math.max(share(before, stage), leastShare),
  )
}

const folder = await mkdtemp(join(tmpdir(), 'lading-stages-'))
// The embedded server may run as another user, which must be able to reach the folder.
await chmod(folder, 0o755)
const server = await openServer(folder)
const client = new pg.Client({ connectionString: server.url })
try {
  await client.connect()
  await freshTable(client)
  const target = await readTarget(client, users)
  console.log(machine(psqlVersion()))
  const all = {}
  for (const name of ['csv', 'ndjson']) {
    all[name] = await cheapest(stagesOf(name, target, usersAs(name)))
    print(name, all[name])
  }
  if (options.record)
    await writeFile(
      recorded,
      `${JSON.stringify(all, (_key, value) => (typeof value === 'number' ? Number(value.toFixed(2)) : value), 2)}\n`,
    )
  if (options.check) {
    const before = JSON.parse(await readFile(recorded, 'utf8'))
    for (const [name, costs] of Object.entries(all)) {
      for (const stage of slower(costs, before[name] ?? {})) {
        console.error(`The stage ${stage} of ${name} takes more than twice its share in bench/stages.json.`)
        process.exitCode = 1
      }
    }
  }
} finally {
  await client.end()
  await server.close()
  await rm(folder, { recursive: true, force: true })
}
