// A file that is being fetched → what it is and its text: as it was told, else by name, content type and first bytes.
import { LadingError } from '../../../errors/lading-error.ts'
import {
  type DetectedFormat,
  detectFormat,
  firstCharacter,
  inflatedStart,
  tellsFormat,
} from '../../format/detect/detect.ts'
import { foreignByName } from '../../format/detect/foreign.ts'
import { refuseForeign } from '../../format/detect/magic.ts'
import { unknownFormat } from '../../format/detect/unknown-format.ts'
import { peek } from '../../source/peek.ts'
import type { RemoteFile } from '../../source/remote/remote-file.ts'
import type { Encoding } from '../import-options.ts'
import { encodingOfType } from './content-charset.ts'

export interface RemoteInput extends DetectedFormat {
  /** That of the content type, where it names one. */
  readonly encoding?: Encoding | undefined
  /** First bytes, as they are sent: a few thousand, or all of a shorter file. */
  readonly start: Buffer
  /** To be read once: all bytes, as they are sent. */
  readonly source: AsyncGenerator<Buffer>
}

export interface RemoteInputOptions {
  /** Where somebody told it. */
  readonly format?: string | undefined
  /** Where somebody told it. Then the charset of the content type does not count. */
  readonly encoding?: Encoding | undefined
  /** Bytes; a file that is announced to be larger is not read. */
  readonly maxBytes?: number | undefined
}

/** @throws LadingError `FILE_TOO_LARGE`, `NOT_A_DATA_FILE`, `FILE_EMPTY`, `FORMAT_UNSUPPORTED`, and what the file throws */
export async function remoteInput(
  file: RemoteFile,
  { format, encoding: told, maxBytes = Number.POSITIVE_INFINITY }: RemoteInputOptions,
): Promise<RemoteInput> {
  if (file.size !== undefined && file.size > maxBytes) throw tooLarge(maxBytes)
  if (/^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(file.mediaType)) throw webPage()
  const { start, whole } = await peek(file.chunks())
  const found = formatOf(file, start, format)
  const source = refuseForeign(whole, found.compression === 'gzip' ? 'announced' : 'unannounced')
  const encoding = told ?? encodingOfType(file.mediaType, inflatedStart(start))
  return { ...found, ...(encoding !== undefined && { encoding }), start, source }
}

/** The name that was given tells more of what is meant than one that it led to, and a body that was coded is compressed. */
function formatOf(
  { names, mediaType, coding }: RemoteFile,
  start: Buffer,
  format: string | undefined,
): DetectedFormat {
  const name = names.find(tellsFormat) ?? names.find(one => foreignByName(one) !== undefined) ?? ''
  const fileName = coding === 'gzip' && !/\.gz$/i.test(name) ? `${name}.gz` : name
  const found = detectFormat({ format, fileName, mediaType, start })
  if (firstCharacter(start, found?.compression ?? 'none') === '<' && !isXml(start)) throw webPage()
  if (found !== undefined) return found
  if (start.length === 0) throw new LadingError('FILE_EMPTY', 'The file at the address is empty.')
  const otherwise =
    'Neither the address, the content type nor the first bytes of the file tell its format; say which it is: csv, ndjson or json.'
  const sentence = unknownFormat(
    { fileName, mediaType, start },
    { otherwise, sayCsv: 'say that the format is csv' },
  )
  throw new LadingError('FORMAT_UNSUPPORTED', sentence)
}

/** Documents of which a web page is none. */
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
