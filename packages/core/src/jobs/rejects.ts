// The rejected records of an import, read out of the spooled source in the format they came in.
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { Client, Pool } from '../postgres/client.ts'
import { withClient } from '../postgres/client.ts'
import { errorColumn } from '../resource/header.ts'
import type { Storage } from '../storage/storage.ts'
import type { JobRow } from './job-row.ts'

/** Row number, line, byte offset, byte length, codes. */
type Entry = readonly [number, number, number, number, readonly string[]]

/** Bytes of a record keep their place, so each is one ranged read; neighbours are read together. */
export function rejectsStream(pool: Pool, storage: Storage, job: JobRow): Readable {
  return Readable.from(rejects(pool, storage, job), { objectMode: false })
}

async function* rejects(pool: Pool, storage: Storage, job: JobRow): AsyncGenerator<Buffer> {
  const { source_key: key, format } = job
  if (key === null) return
  const isCsv = format === 'csv'
  let hasHeader = !isCsv
  for await (const entries of entriesOf(pool, job.id)) {
    const [first] = entries
    const last = entries.at(-1)
    if (first === undefined || last === undefined) continue
    if (!hasHeader) {
      yield Buffer.concat([Buffer.from(`${errorColumn},`), await headerLine(storage, key), newline])
      hasHeader = true
    }
    const start = first[2]
    const bytes = await buffer(await storage.get(key, { start, end: last[2] + last[3] }))
    for (const [, , offset, length, codes] of entries) {
      const record = bytes.subarray(offset - start, offset - start + length)
      yield isCsv
        ? Buffer.concat([Buffer.from(`${codes.join(' ')},`), record, newline])
        : Buffer.concat([record, newline])
    }
  }
}

const newline = Buffer.from('\n')

/** Entries by batch, each in one read of the database: a job can have a million. */
async function* entriesOf(pool: Pool, id: string): AsyncGenerator<readonly Entry[]> {
  let after = -1
  for (;;) {
    const page = await withClient(pool, client => nextEntries(client, id, after))
    if (page === undefined) return
    after = page.firstRow
    yield page.entries
  }
}

async function nextEntries(
  client: Client,
  id: string,
  after: number,
): Promise<{ readonly firstRow: number; readonly entries: readonly Entry[] } | undefined> {
  const { rows } = await client.query(
    `select first_row, entries from lading.rejected_records where job_id = $1 and first_row > $2 order by first_row limit 1`,
    [id, after],
  )
  const [row] = rows
  // The ledger writes exactly this shape.
  return row && { firstRow: Number(row.first_row), entries: row.entries as readonly Entry[] }
}

const headerBytes = 64 * 1024

/** The header as it stands in the file: up to its first line ending outside of quotes, without a byte order mark. */
async function headerLine(storage: Storage, key: string): Promise<Buffer> {
  const start = await buffer(await storage.get(key, { start: 0, end: headerBytes }))
  const text = start.toString('latin1')
  const begin = text.startsWith('\u00ef\u00bb\u00bf') ? 3 : 0
  let isQuoted = false
  let end = begin
  while (end < text.length) {
    const character = text[end]
    if (character === '"') isQuoted = !isQuoted
    if (!isQuoted && (character === '\n' || character === '\r') && end > begin) break
    end++
  }
  return start.subarray(begin, end)
}
