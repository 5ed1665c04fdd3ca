// Which format an upload has: as it says, else by its name, its content type, its first bytes.
import { LadingError } from '../errors/lading-error.ts'
import { formatNamed, formatOfFileName } from '../format/formats.ts'
import { notYet } from './not-yet.ts'

export interface UploadFacts {
  readonly format: string | undefined
  readonly fileName: string | undefined
  readonly mediaType: string | undefined
  /** First bytes of the file, at least one that is no white space if there is any. */
  readonly start: Buffer
}

/** Names in use for the two formats; none of those for NDJSON is registered. */
const formatOfMediaType: ReadonlyMap<string, string> = new Map([
  ['text/csv', 'csv'],
  ['application/csv', 'csv'],
  ['application/x-ndjson', 'ndjson'],
  ['application/ndjson', 'ndjson'],
  ['application/jsonl', 'ndjson'],
  ['application/x-jsonlines', 'ndjson'],
  ['application/json', 'ndjson'],
])

export const uploadMediaTypes = [...formatOfMediaType.keys()].filter(type => type !== 'application/json')

/**
 * Undefined where nothing tells it.
 *
 * @throws LadingError `FORMAT_UNSUPPORTED`, `NOT_IMPLEMENTED`
 */
export function formatOfUpload({ format, fileName, mediaType, start }: UploadFacts): string | undefined {
  const text = start
    .toString('latin1')
    .replace(/^\u00EF\u00BB\u00BF/, '')
    .trimStart()
  if (format === 'json') throw notYet('The format json')
  if (format !== undefined) return formatNamed(format).name
  if (/\.gz$/i.test(fileName ?? '')) throw notYet('Importing a compressed file (.gz)')
  const told = formatOfFileName(fileName ?? '')?.name ?? formatOfMediaType.get(mediaType ?? '')
  const isJson = /\.json$/i.test(fileName ?? '') || mediaType === 'application/json'
  if (isJson && told !== 'csv' && text.startsWith('[')) throw notYet('Importing a JSON array')
  return told ?? (text.startsWith('{') ? 'ndjson' : undefined)
}

export function formatUnknown(): LadingError {
  return new LadingError(
    'FORMAT_UNSUPPORTED',
    'Neither the name, the content type nor the first bytes of the file tell its format; send format=csv or format=ndjson.',
  )
}
