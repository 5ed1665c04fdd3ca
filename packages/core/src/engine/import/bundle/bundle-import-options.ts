// Import options → those that can apply to a whole bundle.
import { LadingError } from '../../../errors/lading-error.ts'
import { type ImportOptions, readImportOptions } from '../import-options.ts'

/** Each resource is an import of its own, so no option can span all of them. */
const acrossImports = 'each file of a bundle is a separate import; unpack it and import its files one by one'
const inManifest = 'its manifest says how to read its files'

const unsupported = {
  dryRun: acrossImports,
  atomic: acrossImports,
  mapping: inManifest,
  delimiter: inManifest,
  encoding: inManifest,
  excel: inManifest,
  compression: inManifest,
} as const satisfies Partial<Record<keyof ImportOptions, string>>

type Unsupported = keyof typeof unsupported

/**
 * @param nameOf the caller's name for an option
 * @throws LadingError `OPTION_INVALID`
 */
export function readBundleImportOptions(
  options: ImportOptions,
  nameOf: (name: string) => string = name => name,
): Omit<ImportOptions, Unsupported> {
  const { dryRun, atomic, mapping, delimiter, encoding, excel, compression, ...supported } =
    readImportOptions(options)
  const refused = { dryRun, atomic, mapping, delimiter, encoding, excel, compression }
  for (const [name, why] of Object.entries(unsupported)) {
    const value = refused[name as Unsupported]
    // An option that is switched off has no effect.
    if (value === undefined || value === false || value === 'none') continue
    throw new LadingError(
      'OPTION_INVALID',
      `The option ${nameOf(name)} cannot be used with a bundle: ${why}.`,
    )
  }
  return supported
}
