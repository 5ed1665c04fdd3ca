// Child process: exports users with Lading to a file. Arguments: URL of the resource's module, the format, the file.
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { createExporter } from '../packages/core/dist/index.js'
import { observe } from './observe.mjs'

const [resource, format, file] = process.argv.slice(2)
const { users } = await import(resource)
const observed = observe()

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
const exporter = createExporter({ pool, resources: [users] })
let rows = 0
const onRows = count => {
  rows = count
}
await pipeline(exporter.stream({ resource: 'users', format, onRows }), createWriteStream(file))
const seconds = observed.seconds()
await pool.end()

process.stdout.write(JSON.stringify({ seconds, rows, ...observed.end() }))
