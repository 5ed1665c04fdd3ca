// Text in a declared or proven encoding → UTF-8, with what was good before the first byte that is wrong.
import { LadingError } from '../../../errors/lading-error.ts'
import type { Encoding } from '../format.ts'

const marks: readonly (readonly [encoding: Encoding, bytes: readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
]
const markBytes = 3

/** The encoding whose byte order mark the file begins with. */
export function provenEncoding(start: Buffer): Encoding | undefined {
  return marks.find(([, bytes]) => bytes.every((byte, index) => start[index] === byte))?.[0]
}

/**
 * The encoding that a file has: what its byte order mark proves, else what is declared, else UTF-8. Nothing is
 * guessed: most bytes are valid in several encodings.
 *
 * @throws LadingError `ENCODING_INVALID` where the mark contradicts the declaration
 */
function encodingOf(start: Buffer, declared: Encoding | undefined): Encoding {
  const proven = provenEncoding(start)
  if (proven === undefined || declared === undefined || proven === declared) {
    return declared ?? proven ?? 'utf-8'
  }
  throw new LadingError(
    'ENCODING_INVALID',
    `The file begins with the byte order mark of ${titles[proven]}, and ${titles[declared]} was declared, as its encoding or as the charset of its content type; leave that out.`,
  )
}

/**
 * Every character of the file as UTF-8, a byte order mark too. UTF-8 itself passes as it is: the decoders judge it,
 * and know the line.
 *
 * @throws LadingError `ENCODING_INVALID` with the byte of the file, behind the text before it
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
    else yield* transcoder.take(bytes, false)
  }
  if (start !== undefined) transcoder = transcoderOf(encodingOf(start, declared))
  if (transcoder !== undefined) yield* transcoder.take(start ?? Buffer.alloc(0), true)
  else if (start !== undefined && start.length > 0) yield start
}

interface Decoded {
  readonly text: string
  /** Bytes that are done with; those behind them wait for what follows. */
  readonly length: number
  /** Index of the first byte that is wrong. */
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
      return new Transcoder(titles[encoding], (bytes, final) => decodeUtf16(swapped(bytes), final))
    case 'windows-1252':
      return new Transcoder(titles[encoding], decodeWindows1252)
  }
}

class Transcoder {
  private left: Buffer = Buffer.alloc(0)
  private byte = 0

  constructor(
    private readonly title: string,
    private readonly decode: (bytes: Buffer, final: boolean) => Decoded,
  ) {}

  *take(chunk: Buffer, final: boolean): Generator<Buffer> {
    const bytes = this.left.length === 0 ? chunk : Buffer.concat([this.left, chunk])
    const { text, length, invalidAt } = this.decode(bytes, final)
    if (text !== '') yield Buffer.from(text)
    if (invalidAt !== undefined) {
      throw new LadingError(
        'ENCODING_INVALID',
        `The file is not ${this.title}: byte ${this.byte + invalidAt} begins no character. Save it as UTF-8.`,
      )
    }
    this.left = bytes.subarray(length)
    this.byte += length
  }
}

/** Half of a surrogate pair, without the other half. */
const lone = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

function decodeUtf16(bytes: Buffer, final: boolean): Decoded {
  let length = bytes.length & ~1
  // The other half of the last character may come.
  if (!final && length > 0 && ((bytes[length - 1] ?? 0) & 0xfc) === 0xd8) length -= 2
  const text = bytes.toString('utf16le', 0, length)
  if (!text.isWellFormed()) {
    const at = text.search(lone)
    return { text: text.slice(0, at), length: at * 2, invalidAt: at * 2 }
  }
  return { text, length, invalidAt: final && length < bytes.length ? length : undefined }
}

/** Pairs of bytes the other way round; an odd byte at the end stays. */
function swapped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  copy.subarray(0, copy.length & ~1).swap16()
  return copy
}

/** 0x80 to 0x9f; the spaces are bytes that stand for nothing. Elsewhere Windows-1252 is Latin-1. */
const windows1252 = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ'

/**
 * Five bytes have no character. The WHATWG table makes them control characters; here they are wrong, because a file
 * that holds one was made in another encoding, and all its other letters are likely wrong as well.
 */
function decodeWindows1252(bytes: Buffer): Decoded {
  const at = bytes.findIndex(byte => byte >= 0x80 && byte <= 0x9f && windows1252[byte - 0x80] === ' ')
  const length = at === -1 ? bytes.length : at
  const text = bytes
    .toString('latin1', 0, length)
    .replace(/[\x80-\x9f]/g, character => windows1252[character.charCodeAt(0) - 0x80] ?? '')
  return { text, length, invalidAt: at === -1 ? undefined : at }
}
