// A text out of a file or a schema → the same in quotes, short, and with all that cannot be seen escaped.
import { escapeInvisible } from './invisible.ts'

/** Longer ones are cut: they may be as long as a file. */
export const longestQuoted = 60

export function quoted(text: string): string {
  // Half of a surrogate pair may stand where it was cut.
  const cut = text.slice(0, longestQuoted).replace(/[\ud800-\udbff]$/, '')
  const shown = text.length > longestQuoted ? `${cut}…` : text
  return `"${escapeInvisible(shown.replaceAll(/["\\]/g, '\\$&'))}"`
}
