// Text in a declared or detected encoding → UTF-8. Yields the valid text before the first invalid byte.
import { LadingError } from '../../../errors/lading-error.ts'
import type { Encoding } from '../format.ts'

const marks: readonly (readonly [encoding: Encoding, bytes: readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
]
const markBytes = 3

/** The encoding of the byte order mark at the start of the file; undefined without one. */
export function encodingOfMark(start: Buffer): Encoding | undefined {
  return marks.find(([, bytes]) => bytes.every((byte, index) => start[index] === byte))?.[0]
}

/**
 * The encoding of a file: from its byte order mark, else as declared, else UTF-8. It is never guessed, because most
 * bytes are valid in several encodings.
 *
 * @throws LadingError `ENCODING_INVALID` if the mark contradicts the declaration
 */
function encodingOf(start: Buffer, declared: Encoding | undefined): Encoding {
  const proven = encodingOfMark(start)
  if (proven === undefined || declared === undefined || proven === declared) {
    return declared ?? proven ?? 'utf-8'
  }
  throw new LadingError(
    'ENCODING_INVALID',
    `The file begins with the byte order mark of ${titles[proven]}, but ${titles[declared]} was declared, as its encoding or as the charset of its content type; remove that declaration.`,
  )
}

/**
 * Converts the file to UTF-8, including a byte order mark. UTF-8 input passes through unchecked: the decoders validate
 * it and know the line.
 *
 * @throws LadingError `ENCODING_INVALID` with the byte offset in the file, after the valid text before it
 */
export async function* toUtf8(
  chunks: AsyncIterable<Buffer>,
  declared: Encoding | undefined,
): AsyncGenerator<Buffer> {
  let start: Buffer | undefined = Buffer.alloc(0)
  let transcoder: Transcoder | undefined
  for await (const chunk of chunks) {
    let bytes = chunk
    if (start !== undefined) {
      start = bytes = Buffer.concat([start, chunk])
      if (start.length < markBytes) continue
      transcoder = transcoderOf(encodingOf(start, declared))
      start = undefined
    }
    if (transcoder === undefined) yield bytes
    else yield* transcoder.convert(bytes, false)
  }
  if (start !== undefined) transcoder = transcoderOf(encodingOf(start, declared))
  if (transcoder !== undefined) yield* transcoder.convert(start ?? Buffer.alloc(0), true)
  else if (start !== undefined && start.length > 0) yield start
}

interface Decoded {
  readonly text: string
  /** Bytes decoded; the rest waits for more input. */
  readonly length: number
  /** Index of the first invalid byte. */
  readonly invalidAt: number | undefined
}

const titles: Readonly<Record<Encoding, string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16LE',
  'utf-16be': 'UTF-16BE',
  'windows-1252': 'Windows-1252',
}

function transcoderOf(encoding: Encoding): Transcoder | undefined {
  switch (encoding) {
    case 'utf-8':
      return undefined
    case 'utf-16le':
      return new Transcoder(titles[encoding], decodeUtf16)
    case 'utf-16be':
      return new Transcoder(titles[encoding], (bytes, final) => decodeUtf16(swapBytes(bytes), final))
    case 'windows-1252':
      return new Transcoder(titles[encoding], decodeWindows1252)
  }
}

class Transcoder {
  private remainder: Buffer = Buffer.alloc(0)
  private byte = 0

  constructor(
    private readonly title: string,
    private readonly decode: (bytes: Buffer, final: boolean) => Decoded,
  ) {}

  *convert(chunk: Buffer, final: boolean): Generator<Buffer> {
    const bytes = this.remainder.length === 0 ? chunk : Buffer.concat([this.remainder, chunk])
    const { text, length, invalidAt } = this.decode(bytes, final)
    if (text !== '') yield Buffer.from(text)
    if (invalidAt !== undefined) {
      throw new LadingError(
        'ENCODING_INVALID',
        `The file is not ${this.title}: byte ${this.byte + invalidAt} does not begin a character. Save it as UTF-8.`,
      )
    }
    this.remainder = bytes.subarray(length)
    this.byte += length
  }
}

/** One half of a surrogate pair without the other. */
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

function decodeUtf16(bytes: Buffer, final: boolean): Decoded {
  let length = bytes.length & ~1
  // The other half of the last character may follow in the next chunk.
  if (!final && length > 0 && ((bytes[length - 1] ?? 0) & 0xfc) === 0xd8) length -= 2
  const text = bytes.toString('utf16le', 0, length)
  if (!text.isWellFormed()) {
    const at = text.search(loneSurrogate)
    return { text: text.slice(0, at), length: at * 2, invalidAt: at * 2 }
  }
  return { text, length, invalidAt: final && length < bytes.length ? length : undefined }
}

/** Swaps each pair of bytes; an odd byte at the end stays. */
function swapBytes(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  copy.subarray(0, copy.length & ~1).swap16()
  return copy
}

/** Characters for 0x80 to 0x9f; a space marks an unassigned byte. All other bytes are as in Latin-1. */
const windows1252 = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ'

/**
 * Five bytes are unassigned. The WHATWG table maps them to control characters; here they are invalid, because a file
 * that contains one is in another encoding, and its other letters are probably wrong too.
 */
function decodeWindows1252(bytes: Buffer): Decoded {
  const at = bytes.findIndex(byte => byte >= 0x80 && byte <= 0x9f && windows1252[byte - 0x80] === ' ')
  const length = at === -1 ? bytes.length : at
  const text = bytes
    .toString('latin1', 0, length)
    .replace(/[\x80-\x9f]/g, character => windows1252[character.charCodeAt(0) - 0x80] ?? '')
  return { text, length, invalidAt: at === -1 ? undefined : at }
}
