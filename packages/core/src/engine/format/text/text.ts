// Stage: the bytes of a file as it was sent → the UTF-8 stream that decoders read and that offsets count in.
import { LadingError } from '../../../errors/lading-error.ts'
import { refuseForeign } from '../detect/magic.ts'
import type { TextOptions } from '../format.ts'
import { provenEncoding, toUtf8 } from './charset.ts'
import { inflate } from './gunzip.ts'

export interface TextStageOptions extends TextOptions {
  /** Bytes that the file may have, inflated. @defaultValue no limit */
  readonly maxBytes?: number | undefined
  /**
   * Goes on at a byte of the text. The chunks of a plain file (see `isPlain`) begin there; those of any other at the
   * start of the file, because only reading it tells where that byte is. @defaultValue the start
   */
  readonly from?: { readonly byte: number; readonly isPlain: boolean } | undefined
}

/**
 * Opens a file as UTF-8 text. The same bytes give the same text and the same fault behind it, however they were cut
 * into chunks; decoders hand such a fault on in band (see `carry.ts`).
 *
 * @throws LadingError `FORMAT_UNSUPPORTED`, `COMPRESSION_INVALID`, `ENCODING_INVALID`, `FILE_TOO_LARGE`
 */
export function openText(
  chunks: AsyncIterable<Buffer>,
  { encoding, compression, maxBytes = Number.POSITIVE_INFINITY, from }: TextStageOptions = {},
): AsyncIterable<Buffer> {
  if (from?.isPlain === true) return atMost(chunks, maxBytes, from.byte)
  const isGzip = compression === 'gzip'
  const sent = refuseForeign(chunks, isGzip ? 'announced' : 'unannounced')
  const inflated = isGzip ? refuseForeign(inflate(sent), 'nested') : sent
  const text = toUtf8(atMost(inflated, maxBytes), encoding)
  return from === undefined ? text : behind(text, from.byte)
}

/**
 * Whether the bytes of a file are the UTF-8 stream already, so that a record can be read from where it lies.
 *
 * @param start the first three bytes, or all of a shorter file
 */
export function isPlain({ encoding, compression }: TextOptions, start: Buffer): boolean {
  const encodings = [encoding, provenEncoding(start)]
  return compression !== 'gzip' && encodings.every(one => one === undefined || one === 'utf-8')
}

/** @param passed bytes that lie before the first chunk */
async function* atMost(chunks: AsyncIterable<Buffer>, maxBytes: number, passed = 0): AsyncGenerator<Buffer> {
  let left = maxBytes - passed
  for await (const chunk of chunks) {
    if (chunk.length > left) {
      // Up to the limit, so that the records before it are the same whatever the chunks.
      if (left > 0) yield chunk.subarray(0, left)
      throw new LadingError(
        'FILE_TOO_LARGE',
        `The file has more than ${maxBytes} bytes of text; send it in parts.`,
      )
    }
    left -= chunk.length
    yield chunk
  }
}

async function* behind(chunks: AsyncIterable<Buffer>, byte: number): AsyncGenerator<Buffer> {
  let before = byte
  for await (const chunk of chunks) {
    if (chunk.length > before) yield chunk.subarray(before)
    before = Math.max(0, before - chunk.length)
  }
}
