// A column of any type → the SQL of the text that PostgreSQL prints for it. A cast to text may differ.
import type { PrintedColumn } from './codec.ts'

type Printed = Pick<PrintedColumn, 'sql' | 'type' | 'typmod' | 'hasTextCast' | 'elementDelimiter'>

/** Text types, and their arrays, which can be used as `text[]` without a cast. */
const texts = new Set(['text', 'varchar', 'citext', 'name', '_text', '_varchar', '_citext', '_name'])

/**
 * `inet` 10.0.0.1 casts to `10.0.0.1/32`, `xml` to a text with its encoding declaration, and an application's type to
 * whatever its cast returns. Trailing blanks of a `char(n)` have no meaning and are dropped; without a length they are kept, as
 * PostgreSQL keeps them.
 */
export function outputText({ sql, type, typmod, hasTextCast }: Printed): string {
  if (type === 'text' || type === 'varchar') return sql
  if (!hasTextCast || (type === 'bpchar' && typmod >= 0)) return `${sql}::text`
  // `is not null` would be false for a composite value that contains null.
  return `case when ${sql} is distinct from null then format('%s', ${sql}) end`
}

/** The same for a list: a `text[]` of what PostgreSQL prints for each element. */
export function outputTexts({ sql, type, typmod, elementDelimiter }: Printed): string {
  if (texts.has(type)) return sql
  // Casting through the array literal prints each element. That works only with a comma, the delimiter of text arrays.
  return (type === '_bpchar' && typmod >= 0) || elementDelimiter !== ','
    ? `${sql}::text[]`
    : `${sql}::text::text[]`
}
