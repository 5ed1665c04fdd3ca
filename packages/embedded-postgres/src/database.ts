/** Speaks SQL to the server: is it there, and does it have the wanted database? */
import { Client, escapeIdentifier } from 'pg'
import { EmbeddedPostgresError } from './errors.ts'

export interface Address {
  readonly port: number
  readonly password: string
}

/** Rejects with the driver's reason when the server does not take a connection. */
export async function connectOnce(address: Address): Promise<void> {
  await withClient(address, async () => undefined)
}

/** Creates the database if it is missing. Call under the lock. */
export async function ensureDatabase(address: Address, database: string): Promise<void> {
  try {
    await withClient(address, async client => {
      const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [database])
      if (rowCount === 0) await client.query(`create database ${escapeIdentifier(database)}`)
    })
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'START_FAILED',
      `The server runs, but the database ${JSON.stringify(database)} could not be created: choose another name or see the cause`,
      cause,
    )
  }
}

async function withClient<T>({ port, password }: Address, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password,
    database: 'postgres',
    connectionTimeoutMillis: 5_000,
  })
  // A connection that breaks between two queries is reported here too; the next query rejects anyhow.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end()
  }
}
