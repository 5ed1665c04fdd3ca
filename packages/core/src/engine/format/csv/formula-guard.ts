// The formula guard: a `'` before what a spreadsheet would calculate, put on for people and taken off again.

/**
 * What Excel and its kin take for a formula, also behind white space and full-width; a TAB, CR or LF at the start,
 * behind which some of them look again; and a `'`, or the guard could not be told from the text. See OWASP, "CSV
 * Injection".
 */
const needsGuard = /^(?:\s*[=+\-@＝＋－＠]|[\t\r\n'])/u

/** Text that a spreadsheet shows as it is. */
export function guard(text: string): string {
  return needsGuard.test(text) ? `'${text}` : text
}

/** The text that `guard` was given; any other text comes back unchanged. */
export function unguard(text: string): string {
  return text.startsWith("'") && needsGuard.test(text.slice(1)) ? text.slice(1) : text
}
