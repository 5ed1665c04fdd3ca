// Child process: passes raw bytes between a file and COPY. Arguments: `from` or `to`, the COPY, the file.
import { createReadStream, createWriteStream } from 'node:fs'
import { createRequire } from 'node:module'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'

const { from, to } = createRequire(new URL('../packages/core/package.json', import.meta.url))(
  'pg-copy-streams',
)
const [direction, copy, file] = process.argv.slice(2)

const client = new pg.Client({ connectionString: process.env.DATABASE_URL })
await client.connect()
if (direction === 'from') await pipeline(createReadStream(file), client.query(from(copy)))
else await pipeline(client.query(to(copy)), createWriteStream(file))
await client.end()
