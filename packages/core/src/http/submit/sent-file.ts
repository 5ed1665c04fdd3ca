// An uploaded file's name, type and first bytes, and the client's options → its format and the import options.
import { type DetectedFormat, detectFormat, inflatedStart } from '../../engine/format/detect/detect.ts'
import { foreignKind, unsupportedFileMessage } from '../../engine/format/detect/foreign.ts'
import { unknownFormat } from '../../engine/format/detect/unknown-format.ts'
import type { ImportOptions } from '../../engine/import/import-options.ts'
import { encodingOfType } from '../../engine/import/remote/content-charset.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { ImportNotes } from '../../jobs/submit/submit-options.ts'
import { type ImportFields, importOptionsOf } from './import-fields.ts'

export interface SentFile {
  readonly fileName: string | undefined
  /** As sent, with its parameters. */
  readonly contentType: string
  /** The first bytes, as sent. */
  readonly start: Buffer
}

export interface SentFormat extends DetectedFormat {
  readonly file: SentFile
}

/**
 * The format of the file; undefined if it cannot be determined.
 *
 * @throws LadingError `FORMAT_UNSUPPORTED` for an unknown format, and for a file that is recognised as another kind
 */
export function formatOf(file: SentFile, format: string | undefined): SentFormat | undefined {
  const { fileName, contentType, start } = file
  const found = detectFormat({ format, fileName, mediaType: contentType, start })
  const kind = foreignKind({ fileName, start: found?.compression === 'gzip' ? inflatedStart(start) : start })
  if (kind !== undefined) throw unsupported(unsupportedFileMessage(kind))
  return found && { ...found, file }
}

/** The client's options win over what was detected. @throws LadingError `OPTION_INVALID`, `FORMAT_UNSUPPORTED` */
export function importOptionsWith(options: ImportFields, found: SentFormat): ImportOptions & ImportNotes {
  const { file, delimiter } = found
  const start = inflatedStart(file.start)
  const importOptions = importOptionsOf(options, start)
  return {
    ...importOptions,
    delimiter: importOptions.delimiter ?? delimiter,
    encoding: importOptions.encoding ?? encodingOfType(file.contentType, start),
  }
}

export function formatUnknown({ fileName, contentType, start }: SentFile): LadingError {
  const otherwise =
    'The format of the file cannot be determined from its name, its content type or its first bytes; send format=csv, format=ndjson or format=json.'
  const facts = { fileName, mediaType: contentType, start }
  return unsupported(unknownFormat(facts, { fallback: otherwise, declareCsv: 'send format=csv' }))
}

function unsupported(message: string): LadingError {
  return new LadingError('FORMAT_UNSUPPORTED', message)
}
