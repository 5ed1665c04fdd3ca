// Text from a file or a schema → the same text in quotes, shortened, with invisible characters escaped.
import { escapeInvisible } from './invisible.ts'

/** Longer texts are cut, because they may be as long as a file. */
export const longestQuoted = 60

export function quoted(text: string): string {
  // The cut may leave half of a surrogate pair.
  const cut = text.slice(0, longestQuoted).replace(/[\ud800-\udbff]$/, '')
  const shown = text.length > longestQuoted ? `${cut}…` : text
  return `"${escapeInvisible(shown.replaceAll(/["\\]/g, '\\$&'))}"`
}
