// Bytes → COPY … FROM STDIN, with the rows counted.
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { from as copyFrom } from 'pg-copy-streams'
import { LadingError } from '../../errors/lading-error.ts'
import type { Client } from '../pool/client.ts'
import { databaseFault } from '../sqlstate.ts'

/**
 * Sends `chunks` in one burst. `sql` ends with a COPY … FROM STDIN; statements without a result set may come
 * before it in the same round trip.
 *
 * @throws LadingError `INTERNAL` if the database took another number of rows than was sent, else the database's own
 */
export async function copyIn(
  client: Client,
  sql: string,
  chunks: readonly Buffer[],
  rows: number,
): Promise<void> {
  const copy = client.query(copyFrom(sql))
  await pipeline(Readable.from(chunks), copy).catch(error => {
    throw databaseFault(error)
  })
  if (copy.rowCount !== rows) {
    throw new LadingError(
      'INTERNAL',
      `COPY took ${copy.rowCount} rows where ${rows} were sent; nothing of them was kept.`,
    )
  }
}
