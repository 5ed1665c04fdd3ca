// A transaction on the jobs' tables, and the messages that are due with its commit.
import { type Client, type Pool, withClient } from '../postgres/client.ts'
import { databaseFault } from '../postgres/sqlstate.ts'

/** Rolled back if `work` throws: its connection is closed then. @throws LadingError */
export function inTransaction<Result>(
  pool: Pool,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  return withClient(pool, async client => {
    try {
      await client.query('begin')
      const result = await work(client)
      await client.query('commit')
      return result
    } catch (error) {
      throw databaseFault(error)
    }
  })
}
