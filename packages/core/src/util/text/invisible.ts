// Invisible characters: which ones they are, and how to escape them in text.

/** Format characters that are visible: signs over digits in Arabic and Syriac, joiners of hieroglyphs. */
const visibleFormat =
  '\\u0600-\\u0605\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u{110bd}\\u{110cd}\\u{13430}-\\u{1343f}'

/**
 * Matches one invisible character, as source of a regular expression with the flag `u`: zero-width characters, direction
 * marks, soft hyphens, byte order marks, variation selectors, tags, fillers. Not white space or control characters.
 */
export const invisibleCharacter = `(?:(?![${visibleFormat}])[\\p{Cf}\\p{Default_Ignorable_Code_Point}])`

/** Printable ASCII with single spaces, as in nearly every name. */
const plain = /^(?: ?[!-~])* ?$/

const toEscape = new RegExp(`${invisibleCharacter}|[^\\P{White_Space} ]|\\p{Cc}|\\p{Cs}|(?<= ) `, 'gu')

/** Combining marks, and Hangul vowels and final consonants. */
const decomposed = /[\p{M}\u1160-\u11ff]/u

/** Escapes what cannot be seen, such as `\u200b`, the second of two spaces, and combining marks in decomposed text. */
export function escapeInvisible(text: string): string {
  if (plain.test(text)) return text
  const escaped = text.replace(toEscape, escapeOf)
  if (escaped.normalize('NFC') === escaped) return escaped
  // Otherwise it would look the same as the composed form.
  return Array.from(escaped, character =>
    decomposed.test(character) || character.normalize('NFC') !== character ? escapeOf(character) : character,
  ).join('')
}

function escapeOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16)
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`
}
