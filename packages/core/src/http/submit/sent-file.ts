// What is known of a file by the way it was sent, and what was asked with it → its format, and the settings of its import.

import { type DetectedFormat, detectFormat, inflatedStart } from '../../engine/format/detect/detect.ts'
import { foreignKind, foreignSentence } from '../../engine/format/detect/foreign.ts'
import { unknownFormat } from '../../engine/format/detect/unknown-format.ts'
import type { ImportOptions } from '../../engine/import/import-options.ts'
import { encodingOfType } from '../../engine/import/remote/content-charset.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { ImportNotes } from '../../jobs/submit/submit-options.ts'
import { type ImportFields, importOptionsOf } from './import-fields.ts'

export interface SentFile {
  readonly fileName: string | undefined
  /** As it was sent, with its parameters. */
  readonly contentType: string
  /** First bytes, as they were sent. */
  readonly start: Buffer
}

export interface SentFormat extends DetectedFormat {
  readonly file: SentFile
}

/**
 * Undefined where nothing tells the format.
 *
 * @throws LadingError `FORMAT_UNSUPPORTED` for an unknown format, and for a file whose first bytes prove that it has none
 */
export function formatOf(file: SentFile, format: string | undefined): SentFormat | undefined {
  const { fileName, contentType, start } = file
  const found = detectFormat({ format, fileName, mediaType: contentType, start })
  const kind = foreignKind({ fileName, start: found?.compression === 'gzip' ? inflatedStart(start) : start })
  if (kind !== undefined) throw unsupported(foreignSentence(kind))
  return found && { ...found, file }
}

/** What was asked wins over what the file says of itself. @throws LadingError `OPTION_INVALID`, `FORMAT_UNSUPPORTED` */
export function importOptionsWith(options: ImportFields, found: SentFormat): ImportOptions & ImportNotes {
  const { file, delimiter } = found
  const start = inflatedStart(file.start)
  const settings = importOptionsOf(options, start)
  return {
    ...settings,
    delimiter: settings.delimiter ?? delimiter,
    encoding: settings.encoding ?? encodingOfType(file.contentType, start),
  }
}

export function formatUnknown({ fileName, contentType, start }: SentFile): LadingError {
  const otherwise =
    'Neither the name, the content type nor the first bytes of the file tell its format; send format=csv, format=ndjson or format=json.'
  const facts = { fileName, mediaType: contentType, start }
  return unsupported(unknownFormat(facts, { otherwise, sayCsv: 'send format=csv' }))
}

function unsupported(message: string): LadingError {
  return new LadingError('FORMAT_UNSUPPORTED', message)
}
