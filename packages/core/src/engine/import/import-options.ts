// What one import is asked to do, as plain data: a job keeps it, and every attempt at the job does the same.
import { LadingError } from '../../errors/lading-error.ts'
import type { Delimiter, Encoding } from '../format/format.ts'
import type { OnConflict } from '../staging/merge/conflict.ts'

export type { Delimiter, Encoding, OnConflict }

/** How the bytes of a file are to be read. Formats leave alone what does not concern them. */
export interface FileOptions {
  /** Between CSV cells. @defaultValue what a `sep=` line says, else whichever of `, ; TAB |` the header has most of */
  readonly delimiter?: Delimiter | undefined
  /** @defaultValue what a byte order mark proves, else UTF-8; never guessed */
  readonly encoding?: Encoding | undefined
  /** @defaultValue `'none'`; compressed data that nobody announced is refused */
  readonly compression?: 'none' | 'gzip' | undefined
  /** CSV: takes off the `'` that an export for Excel puts before what Excel would calculate. @defaultValue false */
  readonly excel?: boolean | undefined
}

export interface ImportOptions extends FileOptions {
  /** @defaultValue `'error'` */
  readonly onConflict?: OnConflict | undefined
  /** Judge everything, against the database too, and write nothing. @defaultValue false */
  readonly dryRun?: boolean | undefined
  /** The whole file or nothing of it. @defaultValue false */
  readonly atomic?: boolean | undefined
  /** Stop behind the record that is the so-manieth to be rejected. From 1. @defaultValue never */
  readonly maxErrors?: number | undefined
  /** Names that the file uses → names of fields, before any other name or alias. */
  readonly mapping?: Readonly<Record<string, string>> | undefined
  /** Whether a column that no field answers to is a warning, or an error that names it. @defaultValue `'warn'` */
  readonly unknownColumns?: 'warn' | 'error' | undefined
  /**
   * Whether the sequences of written columns are moved past the values that were written, so that the table gives its
   * next rows numbers that are free. @defaultValue `'advance'`
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

/** The settings among other options, without those that are not given. @throws LadingError `OPTION_INVALID` */
export function readImportOptions(options: ImportOptions): ImportOptions {
  const given: Record<string, unknown> = {}
  for (const [name, allowed] of choices) {
    const value = options[name]
    if (value === undefined) continue
    if (!allowed.includes(value)) {
      throw new LadingError(
        'OPTION_INVALID',
        `The option ${name} must be one of ${allowed.map(choice => JSON.stringify(choice)).join(', ')}.`,
      )
    }
    given[name] = value
  }
  const { maxErrors, mapping } = options
  if (maxErrors !== undefined) {
    if (!Number.isSafeInteger(maxErrors) || maxErrors < 1) {
      throw new LadingError('OPTION_INVALID', 'The option maxErrors must be a whole number from 1.')
    }
    given.maxErrors = maxErrors
  }
  if (mapping !== undefined) {
    // Of a Map, nothing would be left.
    if (!isPlainObject(mapping) || Object.values(mapping).some(field => typeof field !== 'string')) {
      throw new LadingError(
        'OPTION_INVALID',
        'The option mapping must be an object from names in the file to names of fields.',
      )
    }
    given.mapping = { ...mapping }
  }
  return given
}

function isPlainObject(value: object): boolean {
  const prototype = typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : undefined
  return prototype === null || (prototype !== undefined && Object.getPrototypeOf(prototype) === null)
}
