// What is known about a file → its format and compression: as declared, else by name, content type, or first bytes.
import { constants, gunzipSync } from 'node:zlib'
import type { Delimiter } from '../format.ts'
import { formatByName } from '../formats.ts'
import { isGzip } from './magic.ts'

export interface KnownOfFile {
  /** Name of the declared format, if any. */
  readonly format?: string | undefined
  readonly fileName?: string | undefined
  /** Content type; parameters are ignored. */
  readonly mediaType?: string | undefined
  /** The first bytes as sent: a few hundred, or all of a shorter file. */
  readonly start: Buffer
}

export interface DetectedFormat {
  readonly format: string
  readonly compression: 'none' | 'gzip'
  /** Set for CSV if the name or content type implies it. */
  readonly delimiter?: Delimiter | undefined
}

/** Either kind of JSON: an array, or one object per line. */
const jsonOfSomeKind = 'json?'

/** CSV with TAB as the delimiter. */
const tabSeparated = 'tsv'

const formatOfExtension: ReadonlyMap<string, string> = new Map([
  ['csv', 'csv'],
  ['tsv', tabSeparated],
  ['tab', tabSeparated],
  ['ndjson', 'ndjson'],
  ['jsonl', 'ndjson'],
  ['json', jsonOfSomeKind],
])

/** Media types in common use; those for NDJSON are not registered. */
const formatOfMediaType: ReadonlyMap<string, string> = new Map([
  ['text/csv', 'csv'],
  ['application/csv', 'csv'],
  ['text/tab-separated-values', tabSeparated],
  ['application/x-ndjson', 'ndjson'],
  ['application/ndjson', 'ndjson'],
  ['application/jsonl', 'ndjson'],
  ['application/x-jsonlines', 'ndjson'],
  ['application/json', jsonOfSomeKind],
])

export const gzipMediaTypes: ReadonlySet<string> = new Set(['application/gzip', 'application/x-gzip'])

/** Content types accepted for a file. */
export const fileMediaTypes: readonly string[] = [...formatOfMediaType.keys(), ...gzipMediaTypes]

/** Bytes of a compressed file that are inflated to see how it begins. */
const peekBytes = 4 * 1024

/**
 * Detects the format of a file; undefined if it cannot. Compression must be declared, by a name that ends with `.gz` or
 * by the content type. Undeclared compressed data is rejected when it is read.
 *
 * @throws LadingError `FORMAT_UNSUPPORTED` if the declared format is unknown
 */
export function detectFormat({
  format,
  fileName = '',
  mediaType = '',
  start,
}: KnownOfFile): DetectedFormat | undefined {
  const type = bareMediaType(mediaType)
  const isCompressed = /\.gz$/i.test(fileName) || gzipMediaTypes.has(type)
  const compression = isCompressed ? 'gzip' : 'none'
  const hint = formatHint(fileName, type)
  const csv: DetectedFormat = {
    format: 'csv',
    compression,
    ...(hint === tabSeparated && { delimiter: '\t' }),
  }
  if (format !== undefined) {
    const { name } = formatByName(format)
    return name === 'csv' ? csv : { format: name, compression }
  }
  if (hint === tabSeparated) return csv
  if (hint !== undefined && hint !== jsonOfSomeKind) return { format: hint, compression }
  const first = firstCharacter(start, compression)
  if (first === '[') return { format: 'json', compression }
  if (hint === jsonOfSomeKind || first === '{') return { format: 'ndjson', compression }
  return undefined
}

/** Whether a file name implies a format, or at least compression. */
export function impliesFormat(fileName: string): boolean {
  return formatHint(fileName, '') !== undefined || /\.gz$/i.test(fileName)
}

/** The delimiter that a file name implies: TAB for `.tsv` and `.tab`. */
export function delimiterOfFileName(fileName: string): Delimiter | undefined {
  return formatHint(fileName, '') === tabSeparated ? '\t' : undefined
}

/** The file name wins over the content type. */
function formatHint(fileName: string, mediaType: string): string | undefined {
  const [, extension = ''] = /\.([a-z]+?)(?:\.gz)?$/i.exec(fileName) ?? []
  return formatOfExtension.get(extension.toLowerCase()) ?? formatOfMediaType.get(mediaType)
}

/** The media type without parameters, in lower case. */
export function bareMediaType(mediaType: string): string {
  return mediaType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

/** The first significant character: skips a byte order mark, white space, and the zero bytes of UTF-16. */
export function firstCharacter(start: Buffer, compression: DetectedFormat['compression']): string {
  return (compression === 'gzip' ? inflatedStart(start) : start)
    .toString('latin1')
    .replace(/^[\xef\xbb\xbf\xfe\xff\0\s]+/, '')
    .charAt(0)
}

/** Inflates as much of gzip data as its first bytes allow; returns other data unchanged. */
export function inflatedStart(start: Buffer): Buffer {
  if (!isGzip(start)) return start
  try {
    // The data is truncated, which this flag allows.
    return gunzipSync(start.subarray(0, peekBytes), { finishFlush: constants.Z_SYNC_FLUSH })
  } catch {
    return Buffer.alloc(0)
  }
}
