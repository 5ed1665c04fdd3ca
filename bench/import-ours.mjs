// Child process: imports a CSV file with Lading at its defaults. Arguments: URL of the resource's module, the file.
import { createReadStream } from 'node:fs'
import pg from 'pg'
import { createImporter } from '../packages/core/dist/index.js'
import { observe } from './observe.mjs'

const [resource, file] = process.argv.slice(2)
const { users } = await import(resource)
const observed = observe()

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
const importer = createImporter({ pool, resources: [users] })
const report = await importer.run({ resource: 'users', format: 'csv', source: createReadStream(file) })
const seconds = observed.seconds()
await pool.end()

const { processed, successful, failed, errorsByCode } = report
const rows = { processed, successful, failed, errorsByCode }
process.stdout.write(JSON.stringify({ seconds, rows, ...observed.end() }))
