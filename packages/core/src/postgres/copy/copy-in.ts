// Bytes → COPY … FROM STDIN, and the number of rows that it stored.
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { from as copyFrom } from 'pg-copy-streams'
import type { Client } from '../pool/checkout.ts'
import { databaseFault } from '../sqlstate.ts'

/**
 * Sends `chunks` without pause. `sql` ends with a COPY … FROM STDIN; statements without a result set may precede it in
 * the same round trip.
 *
 * @returns how many rows the database stored: fewer than were sent if a trigger dropped some
 * @throws LadingError, the fault of the database
 */
export async function copyIn(client: Client, sql: string, chunks: readonly Buffer[]): Promise<number> {
  const copy = client.query(copyFrom(sql))
  await pipeline(Readable.from(chunks), copy).catch(error => {
    throw databaseFault(error)
  })
  return copy.rowCount
}
