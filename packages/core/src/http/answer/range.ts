// The header Range → the part of a file that is wanted (RFC 9110, 14).

/** First byte, and the byte after the last. */
export interface Part {
  readonly start: number
  readonly end: number
}

/**
 * `whole` where there is no range that has to be heeded: none, several, an unknown unit, or what is no range. RFC 9110
 * (14.2) lets a server ignore any, and a client that asked for several understands the whole as well.
 *
 * @param size bytes of the file
 */
export function readRange(range: string | undefined, size: number): Part | 'whole' | 'unsatisfiable' {
  const [, first = '', last = ''] = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(range ?? '') ?? []
  if (first === '') return last === '' ? 'whole' : suffix(Number(last), size)
  const start = Number(first)
  const end = last === '' ? size : Math.min(Number(last) + 1, size)
  if (last !== '' && Number(last) < start) return 'whole'
  return start < size ? { start, end } : 'unsatisfiable'
}

/** The last bytes; all of them, if there are fewer. Of an empty file no part can be told, so that it comes whole. */
function suffix(length: number, size: number): Part | 'whole' | 'unsatisfiable' {
  if (length === 0) return 'unsatisfiable'
  return size === 0 ? 'whole' : { start: Math.max(0, size - length), end: size }
}

/**
 * Whether the client holds a part of this very file (RFC 9110, 13.1.5). Without If-Range it does not say, and so gets
 * what it asks for. A weak tag and a date prove nothing.
 */
export function holdsSame(ifRange: string | undefined, etag: string): boolean {
  return ifRange === undefined || ifRange.trim() === etag
}
