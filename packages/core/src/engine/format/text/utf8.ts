// Bytes → text: decodes UTF-8 strictly (RFC 3629), up to the first invalid byte.
import { isAscii, isUtf8 } from 'node:buffer'

export interface ValidText {
  /** Every character is one byte, so an index into the text is an offset into the bytes. */
  readonly ascii: boolean
  /** Length in bytes of the complete and valid characters at the start. */
  readonly length: number
  /** Index of the first invalid byte, or undefined. */
  readonly invalidAt: number | undefined
}

export interface DecodedText extends ValidText {
  readonly text: string
}

/**
 * Decodes the complete and valid characters at the start of `bytes`. An incomplete character at the end is left over,
 * or is invalid if nothing follows (`final`).
 */
export function decodeUtf8(bytes: Buffer, final: boolean): DecodedText {
  const valid = validateUtf8(bytes, final)
  return { ...valid, text: bytes.toString(valid.ascii ? 'latin1' : 'utf8', 0, valid.length) }
}

/** The same without the text. */
export function validateUtf8(bytes: Buffer, final: boolean): ValidText {
  if (isAscii(bytes)) return { ascii: true, length: bytes.length, invalidAt: undefined }
  const whole = final ? bytes.length : wholeCharacters(bytes)
  if (isUtf8(bytes.subarray(0, whole))) return { ascii: false, length: whole, invalidAt: undefined }
  const valid = validPrefix(bytes)
  return { ascii: false, length: valid, invalidAt: valid }
}

/** Length without an incomplete character at the end. Looks only at the last three bytes. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if ((byte & 0xc0) === 0x80) continue
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return needed > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}

/** Length of the longest valid prefix that ends between two characters, by binary search. */
function validPrefix(bytes: Buffer): number {
  let valid = 0
  let invalid = bytes.length
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >>> 1
    const whole = wholeCharacters(bytes.subarray(0, middle))
    if (whole > valid && isUtf8(bytes.subarray(0, whole))) valid = whole
    else if (whole <= valid) {
      // Less than one character lies between the two: it is complete at one of these lengths, or invalid.
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

/** Length in bytes of the mark at the start of a file (3 or 0), or undefined if more bytes are needed to decide. */
export function byteOrderMarkLength(start: Buffer, final: boolean): number | undefined {
  const known = Math.min(start.length, byteOrderMark.length)
  if (!start.subarray(0, known).equals(byteOrderMark.subarray(0, known))) return 0
  if (known === byteOrderMark.length) return known
  return final ? 0 : undefined
}
