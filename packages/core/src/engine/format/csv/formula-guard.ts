// The formula guard: puts a `'` before text that a spreadsheet would evaluate, and removes it again.

/**
 * Text that spreadsheets take for a formula, also after white space or in full-width characters. Also a leading TAB, CR
 * or LF, after which some of them look for a formula, and a leading `'`, to distinguish it from the guard. See OWASP,
 * "CSV Injection".
 */
const needsGuard = /^(?:\s*[=+\-@＝＋－＠]|[\t\r\n'])/u

/** Returns text that a spreadsheet displays instead of evaluating. */
export function guard(text: string): string {
  return needsGuard.test(text) ? `'${text}` : text
}

/** Reverses `guard`; returns any other text unchanged. */
export function unguard(text: string): string {
  return text.startsWith("'") && needsGuard.test(text.slice(1)) ? text.slice(1) : text
}
