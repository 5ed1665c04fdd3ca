// Import options → those that can apply to a whole bundle.
import { LadingError } from '../../../errors/lading-error.ts'
import { type ImportOptions, readImportOptions } from '../import-options.ts'

/** Each resource is an import of its own, so no option can span all of them. */
const acrossImports = 'each file of a bundle is a separate import; unpack it and import its files one by one'
const inManifest = 'its manifest says how to read its files'

const unsupported: Readonly<Partial<Record<keyof ImportOptions, string>>> = {
  dryRun: acrossImports,
  atomic: acrossImports,
  mapping: inManifest,
  delimiter: inManifest,
  encoding: inManifest,
  excel: inManifest,
  compression: inManifest,
}

/**
 * @param nameOf the caller's name for an option
 * @throws LadingError `OPTION_INVALID`
 */
export function readBundleImportOptions(
  options: ImportOptions,
  nameOf: (name: string) => string = name => name,
): Pick<ImportOptions, 'onConflict' | 'maxErrors' | 'unknownColumns' | 'sequences'> {
  const importOptions = readImportOptions(options)
  for (const [name, why] of Object.entries(unsupported)) {
    const value = importOptions[name as keyof ImportOptions]
    // An option that is switched off has no effect.
    if (value === undefined || value === false || value === 'none') continue
    throw new LadingError(
      'OPTION_INVALID',
      `The option ${nameOf(name)} cannot be used with a bundle: ${why}.`,
    )
  }
  const { onConflict, maxErrors, unknownColumns, sequences } = importOptions
  return {
    ...(onConflict !== undefined && { onConflict }),
    ...(maxErrors !== undefined && { maxErrors }),
    ...(unknownColumns !== undefined && { unknownColumns }),
    ...(sequences !== undefined && { sequences }),
  }
}
