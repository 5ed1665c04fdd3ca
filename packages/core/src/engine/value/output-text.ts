// A column of any type → SQL of the text that PostgreSQL prints for it, which a cast to text does not always give.
import type { PrintedColumn } from './codec.ts'

type Printed = Pick<PrintedColumn, 'sql' | 'type' | 'typmod' | 'hasTextCast' | 'elementDelimiter'>

/** Types of text; a list of them is one of texts as it stands. */
const texts = new Set(['text', 'varchar', 'citext', 'name', '_text', '_varchar', '_citext', '_name'])

/**
 * `inet` 10.0.0.1 casts to `10.0.0.1/32`, `xml` to what was declared beside it, and a type of the application to
 * whatever its cast says. Blanks at the end of a `char(n)` have no meaning and are left out; without a length they are
 * kept, as PostgreSQL keeps them.
 */
export function outputText({ sql, type, typmod, hasTextCast }: Printed): string {
  if (type === 'text' || type === 'varchar') return sql
  if (!hasTextCast || (type === 'bpchar' && typmod >= 0)) return `${sql}::text`
  // `is not null` would be false for a composite value that holds null.
  return `case when ${sql} is distinct from null then format('%s', ${sql}) end`
}

/** The same of a list: `text[]` with what PostgreSQL prints for each element. */
export function outputTexts({ sql, type, typmod, elementDelimiter }: Printed): string {
  if (texts.has(type)) return sql
  // By way of a literal, which has the elements as they are printed; but only a comma is read between texts.
  return (type === '_bpchar' && typmod >= 0) || elementDelimiter !== ','
    ? `${sql}::text[]`
    : `${sql}::text::text[]`
}
