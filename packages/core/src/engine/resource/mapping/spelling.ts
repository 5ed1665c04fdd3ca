// Normalizes a name for comparison: `Full Name` in a header matches `full name`.
import { invisibleCharacter } from '../../../util/text/invisible.ts'

/** Names that only need lower-casing. */
const plain = /^[!-~]+(?: [!-~]+)*$/
const invisible = new RegExp(invisibleCharacter, 'gu')
/** NEL is white space in Unicode, but not in JavaScript. */
const space = /[\s\u0085]+/g

/**
 * Lower-cases and composes (NFC) a name, removes invisible characters, collapses white space and trims. Empty for a name
 * without visible characters.
 */
export function normalizeName(name: string): string {
  if (plain.test(name)) return name.toLowerCase()
  // NFC again at the end: an invisible character may have separated a mark from its letter.
  return name
    .normalize('NFC')
    .replace(invisible, '')
    .replace(space, ' ')
    .trim()
    .toLowerCase()
    .normalize('NFC')
}
