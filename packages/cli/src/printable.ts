// Text of a file or a message → text that is safe to print to a terminal.

/** C0 and C1 control characters, and those that change the text direction. Line ends are kept. */
const unprintable = /[^\P{Cc}\n]|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu

/** White space other than a space, and format characters, except joiners between characters that they join. */
const invisible =
  /[^\P{White_Space} \n]|[^\P{Cf}\u200c\u200d]|[\u200c\u200d](?![\p{L}\p{M}\p{Extended_Pictographic}])/gu

export function printable(text: string): string {
  return text.replace(unprintable, escapeOf)
}

function escapeOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16)
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`
}

/** A value in quotes on one line, truncated so that the rest of the line stays visible. */
export function quoted(value: string | null, maxCharacters = 40): string {
  if (value === null) return ''
  const characters = [...value]
  const truncated =
    characters.length > maxCharacters ? `${characters.slice(0, maxCharacters - 1).join('')}…` : value
  // Escaped, because a rejected value may look like a valid one.
  return printable(JSON.stringify(truncated).replace(invisible, escapeOf))
}

/** 1234567 → `1,234,567`. */
export function count(value: number): string {
  return value.toLocaleString('en-US')
}

/** `1 row`, `2 rows`. */
export function rows(value: number): string {
  return `${count(value)} ${value === 1 ? 'row' : 'rows'}`
}
