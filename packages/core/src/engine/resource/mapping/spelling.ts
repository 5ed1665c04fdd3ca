// A name as it is compared: `Full Name` in a header is `full name`, however a program has written it.
import { invisibleCharacter } from '../../../util/text/invisible.ts'

/** What nothing but lower-casing is to be done to. */
const plain = /^[!-~]+(?: [!-~]+)*$/
const invisible = new RegExp(invisibleCharacter, 'gu')
/** NEL is white space to Unicode and not to JavaScript. */
const space = /[\s\u0085]+/g

/**
 * Without regard to case, composed (NFC), without invisible characters, with single spaces, and none around it. Empty
 * for a name of which nothing can be seen.
 */
export function spelling(name: string): string {
  if (plain.test(name)) return name.toLowerCase()
  // Once more at the end: a mark may have been divided from its letter by an invisible character.
  return name
    .normalize('NFC')
    .replace(invisible, '')
    .replace(space, ' ')
    .trim()
    .toLowerCase()
    .normalize('NFC')
}
