// Options of `lading import` → settings of the run.
import type { ImportOptions } from '@lading/core'
import { readMapping, readSentImportOptions } from '@lading/core/internal'
import { asUsage } from '../as-usage.ts'
import { usageError } from '../exit.ts'
import { flagName } from './option-flags.ts'

/** As typed: switches are true, `--mapping` is a list, each as `name=field` or as a JSON object, all others are texts. */
export type SettingOptions = {
  readonly [Name in keyof ImportOptions]?: Name extends 'mapping'
    ? readonly string[]
    : boolean extends ImportOptions[Name]
      ? boolean
      : string
}

/** @param start first bytes of the file, as far as they can be looked at. @throws CommandError */
export function importSettings(options: SettingOptions, start: Uint8Array): ImportOptions {
  const read = () => {
    const sent = { ...options, mapping: options.mapping && mapping(options.mapping) }
    return readSentImportOptions(sent, name => name, start)
  }
  return asUsage(read, toOptionName)
}

/** The option as it is written here: `onConflict` → `--on-conflict`. */
export function toOptionName(sentence: string): string {
  return sentence.replace(/^The option "?(\w+)"?/, (_, name) => `The option ${flagName(name)}`)
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
