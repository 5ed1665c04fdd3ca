// Characters that nobody sees: what they are, and text in which they can be seen.

/** Format characters that are seen: signs over digits in Arabic and Syriac, joiners of hieroglyphs. */
const seen = '\\u0600-\\u0605\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u{110bd}\\u{110cd}\\u{13430}-\\u{1343f}'

/**
 * One invisible character, as the source of a regular expression with the flag `u`: zero-width ones, marks of direction,
 * soft hyphens, byte order marks, variation selectors, tags, fillers. White space is none, nor are control characters.
 */
export const invisibleCharacter = `(?:(?![${seen}])[\\p{Cf}\\p{Default_Ignorable_Code_Point}])`

/** Printable ASCII with single spaces: what nearly every name consists of. */
const plain = /^(?: ?[!-~])* ?$/

const unseen = new RegExp(`${invisibleCharacter}|[^\\P{White_Space} ]|\\p{Cc}|\\p{Cs}|(?<= ) `, 'gu')

/** Marks that a letter can be composed with, and what Unicode itself writes otherwise. */
const decomposed = /[\p{M}\u1160-\u11ff]/u

/** Text in which what cannot be seen is escaped: `\u200b`, also the second of two spaces, and marks that are no part of a letter. */
export function escapeInvisible(text: string): string {
  if (plain.test(text)) return text
  const escaped = text.replace(unseen, escapeOf)
  if (escaped.normalize('NFC') === escaped) return escaped
  // It would look like the same name in its usual form.
  return Array.from(escaped, character =>
    decomposed.test(character) || character.normalize('NFC') !== character ? escapeOf(character) : character,
  ).join('')
}

function escapeOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16)
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`
}
