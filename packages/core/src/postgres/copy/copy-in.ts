// Bytes → COPY … FROM STDIN, with the rows counted.
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { from as copyFrom } from 'pg-copy-streams'
import { LadingError } from '../../errors/lading-error.ts'
import type { Client } from '../pool/checkout.ts'
import { databaseFault } from '../sqlstate.ts'

/**
 * Sends `chunks` without pause. `sql` ends with a COPY … FROM STDIN; statements without a result set may precede it in
 * the same round trip.
 *
 * @throws LadingError `INTERNAL` if the database stored a different number of rows, else the fault of the database
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
      `COPY stored ${copy.rowCount} rows where ${rows} were sent; none of them were kept.`,
    )
  }
}
