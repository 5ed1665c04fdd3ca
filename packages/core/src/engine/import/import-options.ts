// Options of one import, as plain data: a job stores them, and every attempt at the job uses the same.
import { LadingError } from '../../errors/lading-error.ts'
import type { Delimiter, Encoding } from '../format/format.ts'
import type { OnConflict } from '../staging/merge/conflict.ts'

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

const choices: ReadonlyMap<keyof ImportOptions, readonly unknown[]> = new Map<
  keyof ImportOptions,
  readonly unknown[]
>([
  ['onConflict', ['error', 'ignore', 'update']],
  ['dryRun', [true, false]],
  ['atomic', [true, false]],
  ['unknownColumns', ['warn', 'error']],
  ['sequences', ['advance', 'leave']],
  ['delimiter', [',', ';', '\t', '|']],
  ['encoding', ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']],
  ['compression', ['none', 'gzip']],
  ['excel', [true, false]],
])

/** Picks and checks the import options among other options, without undefined ones. @throws LadingError `OPTION_INVALID` */
export function readImportOptions(options: ImportOptions): ImportOptions {
  const checked: Record<string, unknown> = {}
  for (const [name, allowed] of choices) {
    const value = options[name]
    if (value === undefined) continue
    if (!allowed.includes(value)) {
      throw new LadingError(
        'OPTION_INVALID',
        `The option ${name} must be one of ${allowed.map(choice => JSON.stringify(choice)).join(', ')}.`,
      )
    }
    checked[name] = value
  }
  const { maxErrors, mapping } = options
  if (maxErrors !== undefined) {
    if (!Number.isSafeInteger(maxErrors) || maxErrors < 1) {
      throw new LadingError('OPTION_INVALID', 'The option maxErrors must be a whole number from 1.')
    }
    checked.maxErrors = maxErrors
  }
  if (mapping !== undefined) {
    // A Map would become empty.
    if (!isPlainObject(mapping) || Object.values(mapping).some(field => typeof field !== 'string')) {
      throw new LadingError(
        'OPTION_INVALID',
        'The option mapping must be an object from names in the file to names of fields.',
      )
    }
    checked.mapping = { ...mapping }
  }
  return checked
}

function isPlainObject(value: object): boolean {
  const prototype = typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : undefined
  return prototype === null || (prototype !== undefined && Object.getPrototypeOf(prototype) === null)
}
