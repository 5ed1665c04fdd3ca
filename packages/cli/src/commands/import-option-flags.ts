// Options of `lading import` → settings of the run.
import type { ImportOptions } from '@lading/core'
import { readDelimiter, readEncoding, readImportOptions, readMapping } from '@lading/core/internal'
import { asUsage, usageError } from '../exit.ts'

export interface SettingOptions {
  readonly onConflict?: string
  readonly dryRun?: boolean
  readonly atomic?: boolean
  readonly maxErrors?: string
  /** Each as `name=field` or as a JSON object. */
  readonly mapping?: readonly string[]
  readonly unknownColumns?: string
  readonly sequences?: string
  readonly delimiter?: string
  readonly encoding?: string
  readonly excel?: boolean
}

/** @param start first bytes of the file, as far as they can be looked at. @throws CommandError */
export function importSettings(options: SettingOptions, start: Uint8Array): ImportOptions {
  const { onConflict, unknownColumns, sequences, maxErrors, delimiter, encoding } = options
  const read = () =>
    readImportOptions({
      // `readSettings` checks whether they are of the type.
      onConflict: onConflict as ImportOptions['onConflict'],
      unknownColumns: unknownColumns as ImportOptions['unknownColumns'],
      sequences: sequences as ImportOptions['sequences'],
      dryRun: options.dryRun,
      atomic: options.atomic,
      excel: options.excel,
      maxErrors: maxErrors === undefined ? undefined : wholeNumber(maxErrors),
      mapping: options.mapping && mapping(options.mapping),
      delimiter: delimiter === undefined ? undefined : readDelimiter(delimiter),
      encoding: encoding === undefined ? undefined : readEncoding(encoding, start),
    })
  return asUsage(read, toOptionName)
}

/** The option as it is written here: `onConflict` → `--on-conflict`. */
export function toOptionName(sentence: string): string {
  const dashed = (name: string) => `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
  return sentence.replace(/^The option "?(\w+)"?/, (_, name) => `The option ${dashed(name)}`)
}

function wholeNumber(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
}

/** Names in a file may hold `=`; names of fields do not. */
function mapping(parts: readonly string[]): Readonly<Record<string, string>> {
  const pairs = parts.flatMap(part => {
    if (part.trimStart().startsWith('{')) return Object.entries(readMapping(part))
    const equals = part.lastIndexOf('=')
    if (equals > 0) return [[part.slice(0, equals), part.slice(equals + 1)] as const]
    throw usageError(`The mapping "${part}" must be name=field, such as E-Mail=email, or a JSON object.`)
  })
  const names = pairs.map(([name]) => name)
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined) throw usageError(`The option --mapping maps "${twice}" twice; map it once.`)
  return Object.fromEntries(pairs)
}
