// The options of an import as sent by the client → the import options of the job.
import type { Static } from '@sinclair/typebox'
import type { ImportOptions } from '../../engine/import/import-options.ts'
import { readDelimiter, readEncoding, readMapping } from '../../engine/import/import-options-text.ts'
import { checkMetadata } from '../../jobs/submit/metadata.ts'
import type { ImportNotes } from '../../jobs/submit/submit-options.ts'
import type { importOptions } from '../wire/schemas.ts'

export type ImportFields = Static<typeof importOptions>

/** @param start the first bytes of the file, if they are known. @throws LadingError `OPTION_INVALID` */
export function importOptionsOf(options: ImportFields, start?: Uint8Array): ImportOptions & ImportNotes {
  const { delimiter, encoding, mapping, after, metadata } = options
  return {
    onConflict: options.on_conflict as ImportOptions['onConflict'],
    dryRun: options.dry_run,
    atomic: options.atomic,
    maxErrors: options.max_errors,
    unknownColumns: options.unknown_columns as ImportOptions['unknownColumns'],
    sequences: options.sequences as ImportOptions['sequences'],
    excel: options.excel,
    delimiter: delimiter === undefined ? undefined : readDelimiter(delimiter),
    encoding: encoding === undefined ? undefined : readEncoding(encoding, start),
    mapping: mapping === undefined ? undefined : readMapping(mapping),
    after,
    metadata: metadata === undefined ? undefined : readMetadata(metadata),
  }
}

/** @throws LadingError `OPTION_INVALID` */
function readMetadata(text: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  return checkMetadata(value ?? null)
}
