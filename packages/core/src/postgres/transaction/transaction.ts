// Begins every transaction, with its isolation level, its access mode and every setting that affects results.
import { doBlock, identifier, literal } from '../identifier.ts'

/**
 * A role, a database or an earlier user of the connection may have changed any of these. They are set to PostgreSQL's
 * own defaults, so that triggers and column defaults run as usual. The time zone is UTC: a timestamp without a zone
 * means UTC everywhere in Lading.
 */
const resultSettings = {
  // How PostgreSQL reads and prints values.
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
  // How PostgreSQL parses SQL: ours, and that of functions.
  standard_conforming_strings: 'on',
  backslash_quote: 'safe_encoding',
  transform_null_equals: 'off',
  // Which rows are visible, and whether a rejected row ends the connection.
  row_security: 'on',
  gin_fuzzy_search_limit: '0',
  exit_on_error: 'off',
} satisfies Readonly<Record<string, string>>

/**
 * Timeouts for interactive use, which are switched off. A batch may wait for a lock, and an export takes as long as its
 * reader. A lost lease, a cancelled run or a connection without progress ends them.
 */
const timeouts: Readonly<Record<string, string>> = {
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
}

/**
 * Set only where the server has another value. Only some versions have the last two. For the first one the server reads a
 * file each time that it is set: 0.17 ms of the 0.2 ms that all settings of a transaction took.
 */
const setIfDifferent: Readonly<Record<string, string>> = {
  timezone_abbreviations: resultSettings.timezone_abbreviations,
  transaction_timeout: '0',
  restrict_nonsystem_relation_kind: '',
}

/** Sets a value for one transaction. */
export function setLocal(name: string, value: string): string {
  return `set local ${name.split('.').map(identifier).join('.')} = ${literal(value)}`
}

/** Null, and thus not true, for a setting that the server does not have. */
const differs = (name: string, value: string) => `pg_catalog.current_setting('${name}', true) <> '${value}'`
const different = Object.entries(setIfDifferent)

/** One condition in front of all: for each that it meets, PL/pgSQL makes a plan. */
const setDifferentOnes = doBlock(`begin
  if ${different.map(([name, value]) => differs(name, value)).join(' or ')} then
    perform ${different
      .map(
        ([name, value]) =>
          `case when ${differs(name, value)} then pg_catalog.set_config('${name}', '${value}', true) end`,
      )
      .join(',\n      ')};
  end if;
end`)

const setupStatements = [
  ...Object.entries({ ...resultSettings, ...timeouts })
    .filter(([name]) => !(name in setIfDifferent))
    .map(([name, value]) => setLocal(name, value)),
  setDifferentOnes,
]

/** All formats print intervals as ISO 8601, which other programs can read. */
const intervalOutput = setLocal('intervalstyle', 'iso_8601')

/**
 * A backend notices a lost client only when it next sends data, which may be after an hour of sorting. With this setting
 * PostgreSQL checks periodically; systems that do not support it reject the setting.
 */
const checkForClient = doBlock(
  `begin perform pg_catalog.set_config('client_connection_check_interval', '500ms', true); exception when others then null; end`,
)

/** Distinguishes a transaction of Lading from a statement outside a transaction. */
export const beginPrefix = 'begin isolation level '

/**
 * Begins a transaction that writes. Each statement sees everything committed before it, so a record also conflicts with
 * a row that appears while its batch is written.
 *
 * @param statements without a result set, such as further settings and a fence; empty ones are left out
 */
export function beginWriting(...statements: readonly string[]): string {
  return joinStatements(
    `${beginPrefix}read committed read write not deferrable`,
    ...setupStatements,
    ...statements,
  )
}

/** Begins a transaction that reads and prints one snapshot. */
export function beginSnapshot(...statements: readonly string[]): string {
  const modes = `${beginPrefix}repeatable read read only not deferrable`
  return joinStatements(modes, ...setupStatements, intervalOutput, checkForClient, ...statements)
}

/** Settings for a statement outside a transaction: they apply to the implicit transaction of a multi-statement query. */
export const standaloneSetup = {
  write: ['set transaction isolation level read committed read write not deferrable', ...setupStatements],
  /** Also works on a standby, which rejects transactions that could write. */
  read: ['set transaction isolation level read committed read only not deferrable', ...setupStatements],
} as const

/** The settings that an import needs in the caller's transaction, by name. */
export const importSettings: ReadonlyMap<string, string> = new Map(Object.entries(resultSettings))

function joinStatements(...statements: readonly string[]): string {
  return statements.filter(statement => statement !== '').join('; ')
}
