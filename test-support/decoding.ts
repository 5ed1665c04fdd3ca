// Decodes an input whole and in many chunkings: the result must not depend on the chunk boundaries.
import { Readable } from 'node:stream'
import { expect } from 'vitest'
import type { DecodeOptions, Format } from '../packages/core/src/engine/format/format.ts'
import type { Header, RecordBatch } from '../packages/core/src/engine/record/record-batch.ts'
import type { SourceRecord } from '../packages/core/src/engine/record/source-record.ts'

type Decode = Format['decode']

/** The combined result of decoding some chunks. */
export async function decodeChunks(decode: Decode, chunks: Iterable<Buffer>, options: DecodeOptions) {
  const batches: RecordBatch[] = []
  for await (const batch of decode(Readable.from(chunks), options)) batches.push(batch)
  const { end, fault } = batches.at(-1) ?? {}
  const skipped = batches
    .flatMap(batch => batch.notes ?? [])
    .flatMap(({ rowNumber, count = 0 }) => Array.from({ length: count }, (_, index) => rowNumber + index))
  return {
    header: batches.find(batch => batch.header !== undefined)?.header?.cells,
    records: batches.flatMap(batch => batch.records).map(plainRecord),
    /** Row numbers of the records that were left out, if there are any. */
    ...(skipped.length > 0 && { skipped }),
    end,
    fault: fault && `${fault.code}: ${fault.message}`,
  }
}

/** What a record holds, however its decoder keeps it. */
export function plainRecord({
  rowNumber,
  line,
  offset,
  length,
  raw,
  content,
  problem,
}: SourceRecord): SourceRecord {
  return { rowNumber, line, offset, length, raw, content, problem }
}

/** A header as the decoder yields it. */
export function headerOfCells(cells: readonly (string | null)[]): Header {
  return { cells, text: cells.join(','), delimiter: ',', directive: undefined }
}

/** The whole header with its dialect; `decodeEveryWay` compares only its cells. */
export async function headerOf(decode: Decode, chunks: Iterable<Buffer>, options: DecodeOptions) {
  for await (const { header } of decode(Readable.from(chunks), options))
    if (header !== undefined) return header
  return undefined
}

/** Asserts that all chunkings agree and that each record is at its offset, and returns the result. */
export async function decodeEveryWay(decode: Decode, input: string | Buffer, options: DecodeOptions) {
  const bytes = Buffer.from(input)
  const whole = await decodeChunks(decode, [bytes], options)
  for (const { offset, length, raw, problem } of whole.records) {
    // These have no raw text, or it is not valid text.
    if (problem?.code === 'RECORD_TOO_LARGE' || problem?.code === 'INVALID_ENCODING') continue
    expect(bytes.subarray(offset, offset + length).toString()).toBe(raw)
  }
  for (const chunks of chunkings(bytes)) {
    const sizes = chunks.map(chunk => chunk.length)
    expect(await decodeChunks(decode, chunks, options), `chunks of ${sizes}`).toEqual(whole)
  }
  return whole
}

/** Single bytes, every way to cut a short input in two, and pseudo-random chunks. */
export function* chunkings(bytes: Buffer): Generator<readonly Buffer[]> {
  yield Array.from(bytes, (_, index) => bytes.subarray(index, index + 1))
  for (let at = 1; at < Math.min(bytes.length, 200); at++) yield [bytes.subarray(0, at), bytes.subarray(at)]
  for (let state = 1; state <= 20; state++) {
    const chunks: Buffer[] = []
    for (let at = 0, size = state; at < bytes.length; at += size, size = 1 + ((size * 7 + state) % 11)) {
      chunks.push(bytes.subarray(at, at + size))
    }
    yield chunks
  }
}
