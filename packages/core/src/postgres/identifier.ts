// Names and values inside SQL text: the only two ways in.
import { LadingError } from '../errors/lading-error.ts'
import { tableParts } from '../util/text/names-in-sentences.ts'

/** Quotes a name, so that it is taken as it is (PostgreSQL manual, 4.1.1). */
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
      `"${table}" is no table name; write "table" or "schema.table", and parts with a point in double quotes.`,
    )
  }
  return parts.map(identifier).join('.')
}

/**
 * A text value, for statements that take no parameters (COPY, DO). The escape form is used where there is a
 * backslash, so that it reads the same whatever `standard_conforming_strings` says (manual, 4.1.2.2).
 */
export function literal(value: string): string {
  const quoted = `'${value.replaceAll("'", "''")}'`
  return value.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted
}

/**
 * A DO block around plpgsql, with a dollar quote that the code cannot contain. A name that could be a variable or a
 * column is an error, whatever `plpgsql.variable_conflict` says, unless the code decides it.
 */
export function doBlock(code: string): string {
  let tag = '$lading$'
  for (let attempt = 0; code.includes(tag); attempt++) tag = `$lading${attempt}$`
  const conflicts = code.includes('#variable_conflict') ? '' : '#variable_conflict error\n'
  return `do ${tag} ${conflicts}${code} ${tag}`
}
