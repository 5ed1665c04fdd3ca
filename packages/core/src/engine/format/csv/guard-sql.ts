// The formula guard as SQL: what `formula-guard.ts` does to a text, done where the text is printed.

/**
 * Characters that are `\s` in JavaScript. PostgreSQL's own `\s` depends on the locale; and all of this is ASCII, so
 * that it can be sent to a database of any encoding.
 */
const space = '\\u0009-\\u000d\\u0020\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff'
const formula = '=+@\\uff1d\\uff0b\\uff0d\\uff20\\-'
const needsGuard = `'^(?:[${space}]*[${formula}]|[\\u0009\\u000a\\u000d''])'`

/**
 * An expression of the text `sql`, which is evaluated more than once.
 *
 * Most texts begin with a letter or a digit, which comparisons by byte tell: the regular expression alone would cost
 * 0.13 µs a cell, and so it costs 0.05 µs. All of it is by byte: PostgreSQL has no regular expressions for collations
 * that call different texts equal.
 */
export function guardSql(sql: string): string {
  const byByte = `${sql} collate "C"`
  const isHarmless = `${byByte} >= 'A' and ${byByte} < E'\\x7f' or ${byByte} >= '0' and ${byByte} < '='`
  // Escapes of the pattern are the regular expression's, and may not be read as those of a string.
  return `case when ${isHarmless} then ${sql} when ${byByte} ~ E${needsGuard.replaceAll('\\', '\\\\')} then '''' || ${sql} else ${sql} end`
}
