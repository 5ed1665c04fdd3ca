// Import options as text, from a query, a form or a command line → import options.
import { LadingError } from '../../errors/lading-error.ts'
import type { Encoding } from '../format/format.ts'
import { repeatedKey } from '../record/json-text.ts'
import { quoteName } from '../resource/mapping/mapping.ts'

/** Labels of the WHATWG encoding standard that are in use for files. */
const encodings: ReadonlyMap<string, Encoding> = new Map([
  ['utf-8', 'utf-8'],
  ['utf8', 'utf-8'],
  ['ascii', 'utf-8'],
  ['us-ascii', 'utf-8'],
  ['utf-16le', 'utf-16le'],
  ['utf16le', 'utf-16le'],
  ['utf-16be', 'utf-16be'],
  ['utf16be', 'utf-16be'],
  ['windows-1252', 'windows-1252'],
  ['cp1252', 'windows-1252'],
  ['latin1', 'windows-1252'],
  ['latin-1', 'windows-1252'],
  ['iso-8859-1', 'windows-1252'],
  ['iso8859-1', 'windows-1252'],
])

/**
 * `utf-16` alone does not specify the byte order; the byte order mark in `start` may.
 *
 * @param start first bytes of the file, if available
 * @throws LadingError `OPTION_INVALID`
 */
export function readEncoding(text: string, start?: Uint8Array): Encoding {
  const name = text.trim().toLowerCase()
  const found = encodings.get(name)
  if (found !== undefined) return found
  if (name === 'utf-16' || name === 'utf16') {
    if (start?.[0] === 0xff && start[1] === 0xfe) return 'utf-16le'
    if (start?.[0] === 0xfe && start[1] === 0xff) return 'utf-16be'
    throw new LadingError(
      'OPTION_INVALID',
      'The option "encoding" must be utf-16le or utf-16be for a file without a byte order mark.',
    )
  }
  throw new LadingError(
    'OPTION_INVALID',
    'The option "encoding" must be one of utf-8, utf-16le, utf-16be, windows-1252.',
  )
}

/** @throws LadingError `OPTION_INVALID`, also for a name that appears twice */
export function readMapping(text: string): Readonly<Record<string, string>> {
  const value = parsed(text)
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (isObject && Object.values(value).every(field => typeof field === 'string')) {
    const duplicate = repeatedKey(text)
    if (duplicate !== undefined) {
      throw new LadingError(
        'OPTION_INVALID',
        `The option "mapping" maps "${quoteName(duplicate)}" twice; map it once.`,
      )
    }
    // Checked on the line above.
    return value as Readonly<Record<string, string>>
  }
  throw new LadingError(
    'OPTION_INVALID',
    'The option "mapping" must be a JSON object from names in the file to names of fields, such as {"E-Mail":"email"}.',
  )
}

/** Texts between commas; spaces beside a comma do not count. */
export function readTexts(text: string): readonly string[] {
  return text.split(',').map(one => one.trim())
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
