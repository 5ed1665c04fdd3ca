// A name that somebody wants for a file → one that is safe in a header and on anybody's disk.
import { LadingError } from '../../errors/lading-error.ts'

/** Bytes in UTF-8: what file systems take. */
const maxBytes = 255

/** Controls, and marks that turn the direction of text round: `gpj.exe` must not read as `exe.jpg`. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Not allowed in names on Windows; slashes have been cut at. */
const forbidden = /[<>:"|?*]/g

/** Devices on Windows, whatever their ending. */
const device = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i

/**
 * Without folders and with the ending that the file really has.
 *
 * @param ending such as `.csv.gz`
 * @throws LadingError `OPTION_INVALID` if nothing is left of it
 */
export function cleanFileName(wanted: string, ending: string): string {
  const last = wanted.toWellFormed().normalize('NFC').split(/[/\\]/).at(-1) ?? ''
  const clean = last
    .replace(invisible, '')
    .replace(forbidden, '-')
    // Windows drops dots and spaces at the end; a dot at the beginning hides a file.
    .replace(/^[\s.]+|[\s.]+$/gu, '')
  const stem = (clean.toLowerCase().endsWith(ending) ? clean.slice(0, -ending.length) : clean)
    .replace(device, '_$1')
    .replace(/[\s.]+$/u, '')
  if (stem === '') throw invalid()
  return `${cut(stem, maxBytes - Buffer.byteLength(ending))}${ending}`
}

/** At a whole character. */
function cut(text: string, bytes: number): string {
  let kept = ''
  let size = 0
  for (const character of text) {
    size += Buffer.byteLength(character)
    if (size > bytes) return kept
    kept += character
  }
  return kept
}

/** @throws LadingError `OPTION_INVALID` */
export function checkFileName(wanted: unknown, ending: string): string | undefined {
  if (wanted === undefined) return undefined
  if (typeof wanted !== 'string' || wanted.length > 1_000) throw invalid()
  return cleanFileName(wanted, ending)
}

function invalid(): LadingError {
  return new LadingError(
    'OPTION_INVALID',
    'The file name must be text of 1 to 1000 characters with a letter or digit in it, such as users.csv.',
  )
}
