// Quotes names and values for SQL text: the only two ways to get them in.
import { LadingError } from '../errors/lading-error.ts'
import { tableParts } from '../util/text/names-in-sentences.ts'

/** Quotes a name, so that PostgreSQL uses it unchanged (manual, 4.1.1). */
export function identifier(name: string): string {
  if (name.includes('\0'))
    throw new LadingError('RESOURCE_INVALID', 'A name may not contain a NUL character.')
  return `"${name.replaceAll('"', '""')}"`
}

/** Quotes `table` or `schema.table`; see `tableParts`. @throws LadingError `RESOURCE_INVALID` for more parts, or none. */
export function tableIdentifier(table: string): string {
  const parts = tableParts(table)
  if (parts.length > 2 || parts.some(part => part === '')) {
    throw new LadingError(
      'RESOURCE_INVALID',
      `"${table}" is not a table name; write "table" or "schema.table", with double quotes around a part that contains a dot.`,
    )
  }
  return parts.map(identifier).join('.')
}

/**
 * Quotes a text value, for statements that take no parameters (COPY, DO). A value with a backslash uses the escape form,
 * which means the same under either `standard_conforming_strings` (manual, 4.1.2.2).
 */
export function literal(value: string): string {
  const quoted = `'${value.replaceAll("'", "''")}'`
  return value.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted
}

/**
 * Wraps plpgsql in a DO block, with a dollar quote that the code does not contain. A name that could be a variable or a
 * column is an error, whatever `plpgsql.variable_conflict` says, unless the code sets `#variable_conflict` itself.
 */
export function doBlock(code: string): string {
  let tag = '$lading$'
  for (let attempt = 0; code.includes(tag); attempt++) tag = `$lading${attempt}$`
  const conflicts = code.includes('#variable_conflict') ? '' : '#variable_conflict error\n'
  return `do ${tag} ${conflicts}${code} ${tag}`
}
