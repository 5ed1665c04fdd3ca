// Settings of an import → those that can be true of a whole bundle.
import { LadingError } from '../../../errors/lading-error.ts'
import { type ImportOptions, readImportOptions } from '../import-options.ts'

/** Each resource is an import of its own, so that nothing can hold for all of them at once. */
const acrossImports =
  'a bundle is several imports, each of which is judged by itself; unpack it and import its files one by one'
const told = 'its manifest tells how its files are to be read'

const refused: Readonly<Partial<Record<keyof ImportOptions, string>>> = {
  dryRun: acrossImports,
  atomic: acrossImports,
  mapping: told,
  delimiter: told,
  encoding: told,
  excel: told,
  compression: told,
}

/**
 * @param calls what the caller calls a setting
 * @throws LadingError `OPTION_INVALID`
 */
export function readBundleImportOptions(
  options: ImportOptions,
  calls: (name: string) => string = name => name,
): Pick<ImportOptions, 'onConflict' | 'maxErrors' | 'unknownColumns' | 'sequences'> {
  const settings = readImportOptions(options)
  for (const [name, why] of Object.entries(refused)) {
    const value = settings[name as keyof ImportOptions]
    // What is switched off asks for nothing.
    if (value === undefined || value === false || value === 'none') continue
    throw new LadingError('OPTION_INVALID', `The option ${calls(name)} cannot be used with a bundle: ${why}.`)
  }
  const { onConflict, maxErrors, unknownColumns, sequences } = settings
  return {
    ...(onConflict !== undefined && { onConflict }),
    ...(maxErrors !== undefined && { maxErrors }),
    ...(unknownColumns !== undefined && { unknownColumns }),
    ...(sequences !== undefined && { sequences }),
  }
}
