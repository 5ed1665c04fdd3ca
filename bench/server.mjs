// Creates an empty database with default settings, on the server of DATABASE_URL or else an embedded one in the folder.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import pg from 'pg'

/** The settings that determine the cost of writing a million rows. */
const telling = ['fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'max_wal_size']

/**
 * @param {string} folder for the embedded server
 * @returns {Promise<{ url: string, close(): Promise<void> }>} `close` leaves nothing behind
 */
export async function openServer(folder) {
  const adminUrl = process.env.DATABASE_URL
  return adminUrl ? scratchDatabase(adminUrl) : embedded(folder)
}

async function scratchDatabase(adminUrl) {
  const name = `bench_${randomBytes(6).toString('hex')}`
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  await query(adminUrl, `create database ${name} template template0 encoding 'UTF8'`)
  return {
    url: url.href,
    close: async () => {
      await query(adminUrl, `drop database ${name} with (force)`)
    },
  }
}

async function embedded(folder) {
  const { startEmbeddedPostgres } = await import('../packages/embedded-postgres/dist/index.js')
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), database: 'bench' })
  return { url: server.url, close: () => server.stop() }
}

/** Version and settings, in one line. */
export async function describeServer(url) {
  const values = telling.map(name => `'${name} ' || current_setting('${name}')`)
  const locale = `(select 'locale ' || datcollate from pg_database where datname = current_database())`
  const { rows } = await query(
    url,
    `select concat_ws(', ', 'PostgreSQL ' || current_setting('server_version'), ${values.join(', ')}, ${locale}) line`,
  )
  return rows[0].line
}

async function query(url, sql) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await client.query(sql)
  } finally {
    await client.end()
  }
}
