// Stage: the bytes of a file as sent → the UTF-8 stream that decoders read and offsets refer to.
import { LadingError } from '../../../errors/lading-error.ts'
import { rejectUnsupported } from '../detect/magic.ts'
import type { TextOptions } from '../format.ts'
import { encodingOfMark, toUtf8 } from './charset.ts'
import { inflate } from './gunzip.ts'

export interface TextStageOptions extends TextOptions {
  /** Maximum size of the decompressed file in bytes. @defaultValue no limit */
  readonly maxBytes?: number | undefined
  /**
   * Resumes at a byte of the text. The chunks of a plain file (see `isPlain`) begin there. Those of any other file begin
   * at its start, because that byte can only be found by reading. @defaultValue the start
   */
  readonly from?: { readonly byte: number; readonly isPlain: boolean } | undefined
}

/**
 * Opens a file as UTF-8 text. The same bytes give the same text, followed by the same fault, regardless of chunk
 * boundaries. Decoders report such a fault in band (see `carry.ts`).
 *
 * @throws LadingError `FORMAT_UNSUPPORTED`, `COMPRESSION_INVALID`, `ENCODING_INVALID`, `FILE_TOO_LARGE`
 */
export function openText(
  chunks: AsyncIterable<Buffer>,
  { encoding, compression, maxBytes = Number.POSITIVE_INFINITY, from }: TextStageOptions = {},
): AsyncIterable<Buffer> {
  if (from?.isPlain === true) return limitBytes(chunks, maxBytes, from.byte)
  const isGzip = compression === 'gzip'
  const sent = rejectUnsupported(chunks, isGzip ? 'announced' : 'unannounced')
  const inflated = isGzip ? rejectUnsupported(inflate(sent), 'nested') : sent
  const text = toUtf8(limitBytes(inflated, maxBytes), encoding)
  return from === undefined ? text : skipBytes(text, from.byte)
}

/**
 * Whether the bytes of a file are already the UTF-8 stream, so that a record can be read at its offset.
 *
 * @param start the first three bytes, or all of a shorter file
 */
export function isPlain({ encoding, compression }: TextOptions, start: Buffer): boolean {
  const encodings = [encoding, encodingOfMark(start)]
  return compression !== 'gzip' && encodings.every(one => one === undefined || one === 'utf-8')
}

/** @param skippedBytes bytes of the file before the first chunk */
async function* limitBytes(
  chunks: AsyncIterable<Buffer>,
  maxBytes: number,
  skippedBytes = 0,
): AsyncGenerator<Buffer> {
  let remaining = maxBytes - skippedBytes
  for await (const chunk of chunks) {
    if (chunk.length > remaining) {
      // Yield up to the limit, so that the records before it do not depend on the chunks.
      if (remaining > 0) yield chunk.subarray(0, remaining)
      throw new LadingError(
        'FILE_TOO_LARGE',
        `The file has more than ${maxBytes} bytes of text; send it in parts.`,
      )
    }
    remaining -= chunk.length
    yield chunk
  }
}

async function* skipBytes(chunks: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer> {
  let remaining = count
  for await (const chunk of chunks) {
    if (chunk.length > remaining) yield chunk.subarray(remaining)
    remaining = Math.max(0, remaining - chunk.length)
  }
}
