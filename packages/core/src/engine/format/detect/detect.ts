// What is known of a file → its format and compression: as told, else by its name, its content type, its first bytes.
import { constants, gunzipSync } from 'node:zlib'
import type { Delimiter } from '../format.ts'
import { formatNamed } from '../formats.ts'
import { isGzip } from './magic.ts'

export interface FileFacts {
  /** Name of a format, where somebody told it. */
  readonly format?: string | undefined
  readonly fileName?: string | undefined
  /** Content type; parameters do not matter. */
  readonly mediaType?: string | undefined
  /** The first bytes as they were sent: a few hundred, or all of a shorter file. */
  readonly start: Buffer
}

export interface DetectedFormat {
  readonly format: string
  readonly compression: 'none' | 'gzip'
  /** Of CSV whose name or content type says it. */
  readonly delimiter?: Delimiter | undefined
}

/** JSON of either kind: an array, or objects by line. */
const jsonOfSomeKind = 'json?'

/** CSV with TAB between its cells. */
const tabSeparated = 'tsv'

const formatOfExtension: ReadonlyMap<string, string> = new Map([
  ['csv', 'csv'],
  ['tsv', tabSeparated],
  ['tab', tabSeparated],
  ['ndjson', 'ndjson'],
  ['jsonl', 'ndjson'],
  ['json', jsonOfSomeKind],
])

/** Names in use; of those for NDJSON none is registered. */
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

/** Content types that a file can be sent with. */
export const mediaTypesOfFiles: readonly string[] = [...formatOfMediaType.keys(), ...gzipMediaTypes]

/** Bytes that are inflated to see how a compressed file begins. */
const peekBytes = 4 * 1024

/**
 * The format of a file, or undefined where nothing tells it. Compression has to be announced, by a name that ends
 * with `.gz` or by the content type; compressed data that nobody announced is refused when it is read.
 *
 * @throws LadingError `FORMAT_UNSUPPORTED` if the format that was told is unknown
 */
export function detectFormat({
  format,
  fileName = '',
  mediaType = '',
  start,
}: FileFacts): DetectedFormat | undefined {
  const type = typeOf(mediaType)
  const isCompressed = /\.gz$/i.test(fileName) || gzipMediaTypes.has(type)
  const compression = isCompressed ? 'gzip' : 'none'
  const told = toldBy(fileName, type)
  const csv: DetectedFormat = {
    format: 'csv',
    compression,
    ...(told === tabSeparated && { delimiter: '\t' }),
  }
  if (format !== undefined) {
    const { name } = formatNamed(format)
    return name === 'csv' ? csv : { format: name, compression }
  }
  if (told === tabSeparated) return csv
  if (told !== undefined && told !== jsonOfSomeKind) return { format: told, compression }
  const first = firstCharacter(start, compression)
  if (first === '[') return { format: 'json', compression }
  if (told === jsonOfSomeKind || first === '{') return { format: 'ndjson', compression }
  return undefined
}

/** Whether a name says what a file is, or at least that it is compressed. */
export function tellsFormat(fileName: string): boolean {
  return toldBy(fileName, '') !== undefined || /\.gz$/i.test(fileName)
}

/** The delimiter that the name of a CSV file says: TAB for `.tsv` and `.tab`. */
export function delimiterOfFileName(fileName: string): Delimiter | undefined {
  return toldBy(fileName, '') === tabSeparated ? '\t' : undefined
}

/** The name counts before the content type. */
function toldBy(fileName: string, mediaType: string): string | undefined {
  const [, extension = ''] = /\.([a-z]+?)(?:\.gz)?$/i.exec(fileName) ?? []
  return formatOfExtension.get(extension.toLowerCase()) ?? formatOfMediaType.get(mediaType)
}

/** Without parameters. */
export function typeOf(mediaType: string): string {
  return mediaType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

/** The first character that means something: not the bytes of a mark, not white space, not the zeros of UTF-16. */
export function firstCharacter(start: Buffer, compression: DetectedFormat['compression']): string {
  return (compression === 'gzip' ? inflatedStart(start) : start)
    .toString('latin1')
    .replace(/^[\xef\xbb\xbf\xfe\xff\0\s]+/, '')
    .charAt(0)
}

/** Of compressed data, so much as its first bytes tell; nothing of any other. */
export function inflatedStart(start: Buffer): Buffer {
  if (!isGzip(start)) return start
  try {
    // The data is cut off, which is no error with this flag.
    return gunzipSync(start.subarray(0, peekBytes), { finishFlush: constants.Z_SYNC_FLUSH })
  } catch {
    return Buffer.alloc(0)
  }
}
