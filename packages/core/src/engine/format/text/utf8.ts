// Bytes → text, strictly: UTF-8 (RFC 3629) or a place where it ends.
import { isAscii, isUtf8 } from 'node:buffer'

export interface DecodedText {
  readonly text: string
  /** Every character is one byte, so that an index into the text is an offset into the bytes. */
  readonly ascii: boolean
  /** Bytes that `text` stands for. */
  readonly length: number
  /** Index of the first byte that cannot be UTF-8, or undefined. */
  readonly invalidAt: number | undefined
}

/**
 * Decodes as much of `bytes` as is whole and valid. A character that the end cuts off is left over, or invalid
 * where nothing comes after it (`final`).
 */
export function decodeUtf8(bytes: Buffer, final: boolean): DecodedText {
  if (isAscii(bytes)) {
    return { text: bytes.toString('latin1'), ascii: true, length: bytes.length, invalidAt: undefined }
  }
  const whole = final ? bytes.length : wholeCharacters(bytes)
  if (isUtf8(bytes.subarray(0, whole))) {
    return { text: bytes.toString('utf8', 0, whole), ascii: false, length: whole, invalidAt: undefined }
  }
  const valid = validPrefix(bytes)
  return { text: bytes.toString('utf8', 0, valid), ascii: false, length: valid, invalidAt: valid }
}

/** Length without the character that the end may cut off. Looks at the last three bytes only. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if ((byte & 0xc0) === 0x80) continue
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return needed > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}

/** Length of the longest valid prefix that ends between two characters, by halving. */
function validPrefix(bytes: Buffer): number {
  let valid = 0
  let invalid = bytes.length
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >>> 1
    const whole = wholeCharacters(bytes.subarray(0, middle))
    if (whole > valid && isUtf8(bytes.subarray(0, whole))) valid = whole
    else if (whole <= valid) {
      // Less than one character between the two: it is whole at one of the next lengths, or never.
      const next = [1, 2, 3, 4].find(
        size => valid + size <= bytes.length && isUtf8(bytes.subarray(valid, valid + size)),
      )
      if (next === undefined) return valid
      valid += next
    } else invalid = middle
  }
  return valid
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf])

/** Bytes of the mark at the start of a file (3 or 0), or undefined while too few bytes are known to tell. */
export function byteOrderMarkLength(start: Buffer, final: boolean): number | undefined {
  const known = Math.min(start.length, byteOrderMark.length)
  if (!start.subarray(0, known).equals(byteOrderMark.subarray(0, known))) return 0
  if (known === byteOrderMark.length) return known
  return final ? 0 : undefined
}
