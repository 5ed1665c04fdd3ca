// Child process: imports a CSV file of people with Lading at its defaults. Arguments: on_conflict, the file.
import { createReadStream } from 'node:fs'
import pg from 'pg'
import { createImporter } from '../packages/core/dist/index.js'
import { people } from './dirty-people.mjs'
import { observe } from './observe.mjs'

const [onConflict, file] = process.argv.slice(2)
const observed = observe()
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
const importer = createImporter({ pool, resources: [people] })
let told = 0
const report = await importer.run({
  resource: 'people',
  format: 'csv',
  source: createReadStream(file),
  onConflict,
  onError: () => {
    told++
  },
})
const seconds = observed.seconds()
await pool.end()

const { processed, inserted, updated, ignored, failed, errorsByCode } = report
const counts = { inserted, updated, ignored, failed, processed, errorsByCode }
process.stdout.write(JSON.stringify({ seconds, counts, told, ...observed.end() }))
