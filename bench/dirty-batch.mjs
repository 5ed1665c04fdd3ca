// Child process: the milliseconds that bad rows add to one batch of 5,000, as medians of some rounds.
import pg from 'pg'
import { createImporter } from '../packages/core/dist/index.js'
import { ddl, people, tooOld } from './dirty-people.mjs'

const rows = 5_000
const rounds = 7
const shares = [0, 20, 2_500, 5_000]

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
const importer = createImporter({ pool, resources: [people], batchRows: rows })
await pool.query(ddl)

let next = 0
/** Bad rows are spread evenly; only the database knows the CHECK that they violate. */
function file(bad) {
  const lines = ['id,email,name,active,team_id,age']
  for (let number = 0; number < rows; number++, next++) {
    const isBad = Math.floor(((number + 1) * bad) / rows) > Math.floor((number * bad) / rows)
    lines.push(`${next},p${next}@example.org,Person,true,1,${isBad ? tooOld : 30}`)
  }
  return Buffer.from(lines.join('\n'))
}

async function milliseconds(bad) {
  const source = file(bad)
  const started = performance.now()
  const { failed, inserted } = await importer.run({ resource: 'people', format: 'csv', source })
  if (failed !== bad || inserted !== rows - bad)
    throw new Error(`${failed} failed where ${bad} were planted.`)
  return performance.now() - started
}

const taken = new Map(shares.map(bad => [bad, []]))
// The first round warms up plans, pages and compiled code, and does not count.
for (let round = 0; round <= rounds; round++) {
  for (const bad of shares) {
    const took = await milliseconds(bad)
    if (round > 0) taken.get(bad).push(took)
  }
}
await pool.end()

const medians = [...taken].map(([bad, all]) => ({
  bad,
  milliseconds: all.sort((a, b) => a - b)[rounds >> 1],
}))
process.stdout.write(JSON.stringify(medians))
