// Import options → those that can apply to a whole bundle.
import { LadingError } from '../../../errors/lading-error.ts'
import { type ImportOptions, readImportOptions } from '../import-options.ts'
import { readingSchema } from '../import-options-schema.ts'

/** Each resource is an import of its own, so no option can span all of them. */
const acrossImports = 'each file of a bundle is a separate import; unpack it and import its files one by one'
const inManifest = 'its manifest says how to read its files'

const unsupported = new Map<string, string>([
  ['dryRun', acrossImports],
  ['atomic', acrossImports],
  ['mapping', inManifest],
  ['compression', inManifest],
  ...Object.keys(readingSchema.properties).map(name => [name, inManifest] as const),
])

type Unsupported = 'dryRun' | 'atomic' | 'mapping' | 'compression' | keyof typeof readingSchema.properties

/**
 * @param nameOf the caller's name for an option
 * @throws LadingError `OPTION_INVALID`
 */
export function readBundleImportOptions(
  options: ImportOptions,
  nameOf: (name: string) => string = name => name,
): Omit<ImportOptions, Unsupported> {
  const given = Object.entries(readImportOptions(options))
  for (const [name, value] of given) {
    const why = unsupported.get(name)
    // An option that is switched off has no effect.
    if (why === undefined || value === false || value === 'none') continue
    throw new LadingError(
      'OPTION_INVALID',
      `The option ${nameOf(name)} cannot be used with a bundle: ${why}.`,
    )
  }
  return Object.fromEntries(given.filter(([name]) => !unsupported.has(name)))
}
