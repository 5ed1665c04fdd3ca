// A requested file name → one that is safe in a header and on any file system.
import { LadingError } from '../../errors/lading-error.ts'

/** Bytes in UTF-8: the limit of common file systems. */
const maxBytes = 255

/** Control characters, and marks that reverse the text direction: `gpj.exe` must not read as `exe.jpg`. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Not allowed in names on Windows. Slashes are handled separately. */
const forbidden = /[<>:"|?*]/g

/** Device names on Windows, with any extension. */
const device = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i

/**
 * Removes folders and unsafe characters, and sets the extension of the actual file.
 *
 * @param ending such as `.csv.gz`
 * @throws LadingError `OPTION_INVALID` if nothing is left of the name
 */
export function cleanFileName(requested: string, ending: string): string {
  const last = requested.toWellFormed().normalize('NFC').split(/[/\\]/).at(-1) ?? ''
  const clean = last
    .replace(invisible, '')
    .replace(forbidden, '-')
    // Windows drops dots and spaces at the end; a dot at the beginning hides a file.
    .replace(/^[\s.]+|[\s.]+$/gu, '')
  const stem = (clean.toLowerCase().endsWith(ending) ? clean.slice(0, -ending.length) : clean)
    .replace(device, '_$1')
    .replace(/[\s.]+$/u, '')
  if (stem === '') throw invalid()
  return `${truncate(stem, maxBytes - Buffer.byteLength(ending))}${ending}`
}

/** Cuts at a character boundary. */
function truncate(text: string, bytes: number): string {
  let result = ''
  let size = 0
  for (const character of text) {
    size += Buffer.byteLength(character)
    if (size > bytes) return result
    result += character
  }
  return result
}

/** @throws LadingError `OPTION_INVALID` */
export function checkFileName(requested: unknown, ending: string): string | undefined {
  if (requested === undefined) return undefined
  if (typeof requested !== 'string' || requested.length > 1_000) throw invalid()
  return cleanFileName(requested, ending)
}

function invalid(): LadingError {
  return new LadingError(
    'OPTION_INVALID',
    'The file name must be text of 1 to 1000 characters with a letter or digit in it, such as users.csv.',
  )
}
