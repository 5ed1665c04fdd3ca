// The options of an import as sent by the client → the import options of the job.
import type { Static } from '@sinclair/typebox'
import { wireName } from '../../config/option-schema.ts'
import { type ImportOptions, readSentImportOptions } from '../../engine/import/import-options.ts'
import { checkMetadata } from '../../jobs/submit/metadata.ts'
import type { ImportNotes } from '../../jobs/submit/submit-options.ts'
import type { importOptions } from '../wire/schemas.ts'

export type ImportFields = Static<typeof importOptions>

/** Import options by their names on the wire: as texts, or as a JSON body states them. */
type SentOptions = Pick<ImportFields, 'after' | 'metadata'> & Readonly<Record<string, unknown>>

/** @param start the first bytes of the file, if they are known. @throws LadingError `OPTION_INVALID` */
export function importOptionsOf(options: SentOptions, start?: Uint8Array): ImportOptions & ImportNotes {
  const { after, metadata } = options
  return {
    ...readSentImportOptions(options, wireName, start),
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
