// The charset of a content type → the encoding, as if given as an option.
import { LadingError } from '../../../errors/lading-error.ts'
import type { Encoding } from '../import-options.ts'
import { readEncoding } from '../import-options-text.ts'

/** A parameter (RFC 9110, 5.6.6). A quoted value may contain anything, even `;charset=`. */
const parameter = /;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))/g

/**
 * Undefined if the content type names no charset, or an empty one.
 *
 * @param start first bytes of the file, if available: the byte order mark decides for `utf-16`
 * @throws LadingError `FORMAT_UNSUPPORTED` for an unsupported charset, or for several that contradict each other
 */
export function encodingOfType(contentType: string, start?: Uint8Array): Encoding | undefined {
  const [first, ...others] = charsetsOf(contentType)
  if (first === undefined) return undefined
  const encoding = encodingNamed(first, start)
  const other = others.find(name => encodingNamed(name, start) !== encoding)
  if (other === undefined) return encoding
  throw unsupported(
    `The content type names two charsets, "${shown(first)}" and "${shown(other)}"; send one of them.`,
  )
}

/** The charsets that a content type names, as they are written. */
export function charsetsOf(contentType: string): readonly string[] {
  return [...contentType.matchAll(parameter)]
    .filter(([, name]) => name?.toLowerCase() === 'charset')
    .map(([, , quoted, token]) => (quoted?.replaceAll(/\\(.)/g, '$1') ?? token ?? '').trim())
    .filter(name => name !== '')
}

function encodingNamed(name: string, start: Uint8Array | undefined): Encoding {
  try {
    return readEncoding(name, start)
  } catch {
    const isUtf16 = /^utf-?16$/i.test(name)
    throw unsupported(
      isUtf16
        ? 'The content type names the charset "utf-16", and the file has no byte order mark; name utf-16le or utf-16be.'
        : `The content type names the charset "${shown(name)}", which is not supported. Send the file in utf-8, utf-16le, utf-16be or windows-1252, and name that as its charset.`,
    )
  }
}

function unsupported(message: string): LadingError {
  return new LadingError('FORMAT_UNSUPPORTED', message)
}

function shown(name: string): string {
  return name.slice(0, 40).replaceAll(/[^\x20-\x7e]/g, '?')
}
