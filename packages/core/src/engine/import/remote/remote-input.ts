// A remote file → its format, encoding and bytes: from options, else from its name, content type and first bytes.
import { LadingError } from '../../../errors/lading-error.ts'
import {
  type DetectedFormat,
  detectFormat,
  firstCharacter,
  impliesFormat,
  inflatedStart,
} from '../../format/detect/detect.ts'
import { foreignByName } from '../../format/detect/foreign.ts'
import { rejectUnsupported } from '../../format/detect/magic.ts'
import { unknownFormat } from '../../format/detect/unknown-format.ts'
import { peek } from '../../source/peek.ts'
import type { RemoteFile } from '../../source/remote/remote-file.ts'
import type { Encoding } from '../import-options.ts'
import { encodingOfType } from './content-charset.ts'

export interface RemoteInput extends DetectedFormat {
  /** From the option, else from the content type if it names a charset. */
  readonly encoding?: Encoding | undefined
  /** First bytes as sent: a few thousand, or all of a shorter file. */
  readonly start: Buffer
  /** All bytes as sent; can be read once. */
  readonly source: AsyncGenerator<Buffer>
}

export interface RemoteInputOptions {
  /** @defaultValue detected from the name, the content type and the first bytes */
  readonly format?: string | undefined
  /** Overrides the charset of the content type. */
  readonly encoding?: Encoding | undefined
  /** Maximum size in bytes; a file whose announced size is larger is not read. @defaultValue no limit */
  readonly maxBytes?: number | undefined
}

/** @throws LadingError `FILE_TOO_LARGE`, `NOT_A_DATA_FILE`, `FILE_EMPTY`, `FORMAT_UNSUPPORTED`, and the faults of the file */
export async function remoteInput(
  file: RemoteFile,
  { format, encoding: encodingOption, maxBytes = Number.POSITIVE_INFINITY }: RemoteInputOptions,
): Promise<RemoteInput> {
  if (file.size !== undefined && file.size > maxBytes) throw tooLarge(maxBytes)
  if (/^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(file.mediaType)) throw webPage()
  const { start, whole } = await peek(file.chunks())
  const found = formatOf(file, start, format)
  const source = rejectUnsupported(whole, found.compression === 'gzip' ? 'announced' : 'unannounced')
  const encoding = encodingOption ?? encodingOfType(file.mediaType, inflatedStart(start))
  return { ...found, ...(encoding !== undefined && { encoding }), start, source }
}

/** The requested name takes precedence over names of redirects, and a body with a content coding is compressed. */
function formatOf(
  { names, mediaType, contentCoding }: RemoteFile,
  start: Buffer,
  format: string | undefined,
): DetectedFormat {
  const name = names.find(impliesFormat) ?? names.find(one => foreignByName(one) !== undefined) ?? ''
  const fileName = contentCoding === 'gzip' && !/\.gz$/i.test(name) ? `${name}.gz` : name
  const found = detectFormat({ format, fileName, mediaType, start })
  if (firstCharacter(start, found?.compression ?? 'none') === '<' && !isXml(start)) throw webPage()
  if (found !== undefined) return found
  if (start.length === 0) throw new LadingError('FILE_EMPTY', 'The file at the address is empty.')
  const otherwise =
    'Neither the address, the content type nor the first bytes of the file show its format; specify csv, ndjson or json.'
  const sentence = unknownFormat(
    { fileName, mediaType, start },
    { fallback: otherwise, declareCsv: 'specify the format csv' },
  )
  throw new LadingError('FORMAT_UNSUPPORTED', sentence)
}

/** XML documents that are not web pages. */
function isXml(start: Buffer): boolean {
  const text = inflatedStart(start).toString('latin1')
  return /^(?:\xef\xbb\xbf)?\s*<\?xml\s/.test(text) && !/<html/i.test(text)
}

function webPage(): LadingError {
  return new LadingError(
    'NOT_A_DATA_FILE',
    'The address leads to a web page, not to a data file; give the address of the file itself, one that can be read without logging in.',
  )
}

function tooLarge(maxBytes: number): LadingError {
  return new LadingError('FILE_TOO_LARGE', `The file is larger than the ${maxBytes} bytes that are allowed.`)
}
