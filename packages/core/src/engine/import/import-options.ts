// Options of one import, as plain data: a job stores them, and every attempt at the job uses the same.
import { optionInvalid, pickOptions } from '../../config/check-options.ts'
import { isStorable } from '../../util/text/storable.ts'
import type { Delimiter, Encoding } from '../format/format.ts'
import type { OnConflict } from '../staging/merge/conflict.ts'
import { importOptionsSchema, readImportOption } from './import-options-schema.ts'

export type { Delimiter, Encoding, OnConflict }

/** How to read the bytes of a file. Formats ignore options that do not apply to them. */
export interface FileOptions {
  /** Separates CSV cells. @defaultValue from a `sep=` line, else whichever of `, ; TAB |` is most frequent in the header */
  readonly delimiter?: Delimiter | undefined
  /** @defaultValue from a byte order mark, else UTF-8; never guessed */
  readonly encoding?: Encoding | undefined
  /** @defaultValue `'none'`; unannounced compressed data is rejected */
  readonly compression?: 'none' | 'gzip' | undefined
  /** CSV: removes the `'` that an export for Excel puts before text that Excel would read as a formula. @defaultValue false */
  readonly excel?: boolean | undefined
  /**
   * Texts that stand for no value, such as `NULL` and `N/A`: the whole text of a CSV cell, quoted or not, or a JSON string
   * that is the value of a field. Case matters. @defaultValue none
   */
  readonly nullValues?: readonly string[] | undefined
}

export interface ImportOptions extends FileOptions {
  /** @defaultValue `'error'` */
  readonly onConflict?: OnConflict | undefined
  /** Judge every record, also against the database, and write nothing. @defaultValue false */
  readonly dryRun?: boolean | undefined
  /** Import the whole file or nothing. @defaultValue false */
  readonly atomic?: boolean | undefined
  /** Stop once this many records have been rejected. From 1. @defaultValue never */
  readonly maxErrors?: number | undefined
  /** Names in the file → names of fields; takes precedence over names and aliases. */
  readonly mapping?: Readonly<Record<string, string>> | undefined
  /** Whether a column without a field is a warning, or an error that names it. @defaultValue `'warn'` */
  readonly unknownColumns?: 'warn' | 'error' | undefined
  /**
   * Whether to move the sequences of written columns past the written values, so that the table gives its next rows free
   * numbers. @defaultValue `'advance'`
   */
  readonly sequences?: 'advance' | 'leave' | undefined
}

/** Picks and checks the import options among other options, without undefined ones. @throws LadingError `OPTION_INVALID` */
export function readImportOptions(options: ImportOptions): ImportOptions {
  return pickStorable(options)
}

/**
 * Reads options from outside, where some are texts.
 *
 * @param nameOf the name of an option there
 * @param start first bytes of the file, if they are known
 * @throws LadingError `OPTION_INVALID`
 */
export function readSentImportOptions(
  sent: Readonly<Record<string, unknown>>,
  nameOf: (name: string) => string,
  start?: Uint8Array,
): ImportOptions {
  const read = Object.keys(importOptionsSchema.properties).map(name => [
    name,
    readImportOption(name, sent[nameOf(name)], start),
  ])
  return pickStorable(Object.fromEntries(read), nameOf)
}

/** A job stores its options. */
function pickStorable(options: object, nameOf: (name: string) => string = name => name): ImportOptions {
  const picked: ImportOptions = pickOptions(importOptionsSchema, options, nameOf)
  for (const [name, value] of Object.entries(picked)) {
    if (isStorable(value)) continue
    throw optionInvalid(
      `The option "${nameOf(name)}" contains a character that no value can have: NUL, or half of a surrogate pair.`,
    )
  }
  return picked
}
