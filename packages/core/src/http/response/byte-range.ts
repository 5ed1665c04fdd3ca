// The header Range → the requested part of a file (RFC 9110, 14).

/** `start` is the first byte, `end` the byte after the last. */
export interface FileRange {
  readonly start: number
  readonly end: number
}

/**
 * `whole` if there is no range, several of them, an unknown unit or an invalid one. RFC 9110 (14.2) lets a server
 * ignore any of these, and a client that requested several ranges must accept the whole.
 *
 * @param size bytes of the file
 */
export function readRange(range: string | undefined, size: number): FileRange | 'whole' | 'unsatisfiable' {
  const [, first = '', last = ''] = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(range ?? '') ?? []
  if (first === '') return last === '' ? 'whole' : suffix(Number(last), size)
  const start = Number(first)
  const end = last === '' ? size : Math.min(Number(last) + 1, size)
  if (last !== '' && Number(last) < start) return 'whole'
  return start < size ? { start, end } : 'unsatisfiable'
}

/** The last bytes, or all if there are fewer. An empty file has no parts, so it is sent whole. */
function suffix(length: number, size: number): FileRange | 'whole' | 'unsatisfiable' {
  if (length === 0) return 'unsatisfiable'
  return size === 0 ? 'whole' : { start: Math.max(0, size - length), end: size }
}

/**
 * Whether the client holds a part of this very file (RFC 9110, 13.1.5). Without If-Range the range is served as
 * requested. A weak tag and a date prove nothing.
 */
export function matchesIfRange(ifRange: string | undefined, etag: string): boolean {
  return ifRange === undefined || ifRange.trim() === etag
}
