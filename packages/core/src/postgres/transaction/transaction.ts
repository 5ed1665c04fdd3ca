// The one place from which transactions begin: each says its isolation, its access mode and every setting that has a part in results.
import { doBlock, identifier, literal } from '../identifier.ts'

/**
 * A role or a database may have any of these otherwise, and so may whoever used the connection before. Set to what
 * PostgreSQL itself has by default, so that triggers and defaults of a table meet nothing unusual. The zone is UTC:
 * a timestamp without zone means UTC everywhere in Lading.
 */
const meanings: Readonly<Record<string, string>> = {
  // How values are read and printed.
  datestyle: 'ISO, MDY',
  intervalstyle: 'postgres',
  timezone: 'UTC',
  timezone_abbreviations: 'Default',
  bytea_output: 'hex',
  extra_float_digits: '1',
  array_nulls: 'on',
  xmlbinary: 'base64',
  xmloption: 'content',
  quote_all_identifiers: 'off',
  // How SQL is read: ours, and that of functions.
  standard_conforming_strings: 'on',
  backslash_quote: 'safe_encoding',
  transform_null_equals: 'off',
  // Which rows are seen, and whether a refused row ends the connection.
  row_security: 'on',
  gin_fuzzy_search_limit: '0',
  exit_on_error: 'off',
}

/**
 * Limits for interactive use. A batch that waits for a lock goes on with the lock, an export takes as long as its
 * reader; what ends them is a job's lease, a cancelled run, or a connection that makes no progress.
 */
const limits: Readonly<Record<string, string>> = {
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
}

/** Settings that only some versions know, with the value that is as if there were none. */
const ofSomeVersions: Readonly<Record<string, string>> = {
  transaction_timeout: '0',
  restrict_nonsystem_relation_kind: '',
}

/** For one transaction, whatever its connection has otherwise. The value is taken as a text. */
export function setLocal(name: string, value: string): string {
  return `set local ${name.split('.').map(identifier).join('.')} = ${literal(value)}`
}

/** One block for all, since none of them can be set unseen. A placeholder with such a name does not exist. */
const setOfSomeVersions = doBlock(`begin
  ${Object.entries(ofSomeVersions)
    .map(
      ([name, value]) => `if pg_catalog.current_setting('${name}', true) <> '${value}' then
    perform pg_catalog.set_config('${name}', '${value}', true);
  end if;`,
    )
    .join('\n  ')}
end`)

const settings = [
  ...Object.entries({ ...meanings, ...limits }).map(([name, value]) => setLocal(name, value)),
  setOfSomeVersions,
]

/** Values are printed alike wherever they go; ISO 8601 is what others can read. */
const printing = setLocal('intervalstyle', 'iso_8601')

/**
 * A backend notices that its client has gone when it next sends something, which may be after an hour of sorting.
 * PostgreSQL can look now and then, on systems that can tell it; elsewhere the setting is refused.
 */
const lookForClient = doBlock(
  `begin perform pg_catalog.set_config('client_connection_check_interval', '500ms', true); exception when others then null; end`,
)

/** By it a transaction of ours is told from a statement that stands alone. */
export const beginning = 'begin isolation level '

/**
 * Begins a transaction that writes. Each statement sees what others have committed before it: that is how a record
 * meets a row that appears while its batch is written.
 *
 * @param statements without a result set, such as further settings and a fence; empty ones are left out
 */
export function beginWriting(...statements: readonly string[]): string {
  return joined(`${beginning}read committed read write not deferrable`, ...settings, ...statements)
}

/** Begins a transaction that reads one moment, and prints it. */
export function beginSnapshot(...statements: readonly string[]): string {
  const modes = `${beginning}repeatable read read only not deferrable`
  return joined(modes, ...settings, printing, lookForClient, ...statements)
}

/** Before a statement that stands alone: the implicit transaction of a query with several statements has these. */
export const alone = {
  write: ['set transaction isolation level read committed read write not deferrable', ...settings],
  /** Also on a standby, which takes no transaction that could write. */
  read: ['set transaction isolation level read committed read only not deferrable', ...settings],
} as const

/** The settings that a transaction of somebody else needs for an import, by name. */
export const meaningsByName: ReadonlyMap<string, string> = new Map(Object.entries(meanings))

function joined(...statements: readonly string[]): string {
  return statements.filter(statement => statement !== '').join('; ')
}
