// The messages for failed statements: SQLSTATE, or its class → what is wrong, and what to do.

export const standbySentence =
  'The database is a standby, which accepts no changes; connect to its primary, or promote it.'

/** By the states of appendix A of the PostgreSQL manual that have a remedy of their own. */
const byState: ReadonlyMap<string, string> = new Map([
  ['0A000', 'The database server lacks a required feature; compare its version with the documentation.'],
  ['25006', standbySentence],
  ['25P03', 'The database ended a transaction that was idle for too long; try again.'],
  [
    '25P04',
    'The database ended a transaction that ran for too long; try again, or raise transaction_timeout.',
  ],
  ['28000', 'The database rejected this user; check the connection settings and pg_hba.conf.'],
  ['28P01', 'The password of the database user is wrong; check the connection settings.'],
  ['3D000', 'The database does not exist; create it, or check the connection settings.'],
  ['3F000', 'A schema is missing in the database; run the migrations.'],
  ['42501', 'The database user lacks permission; grant it the missing privilege on the table.'],
  [
    '42703',
    'A column is missing in the database; run the migrations, and compare the resource with its table.',
  ],
  ['42883', 'A function or operator is missing in the database; run the migrations.'],
  ['42P01', 'A table is missing in the database; run the migrations.'],
  ['53100', 'The disk of the database is full; free some space and try again.'],
  ['53200', 'The database is out of memory; try again later, or give it more.'],
  ['53300', 'The database has no free connections; try again later or raise max_connections.'],
  ['55P03', 'Another transaction held a lock for too long; try again.'],
  ['57014', 'The database cancelled the statement; a timeout or an administrator ended it.'],
  ['57P01', 'The database is being shut down, or an administrator ended the connection; try again.'],
  ['57P02', 'The database stopped after a crash of one of its processes; try again.'],
  [
    '57P03',
    'The database is starting up or shutting down and accepts no connections; try again in a moment.',
  ],
])

/** By the first two characters. */
const byClass: ReadonlyMap<string, string> = new Map([
  ['08', 'The connection to the database broke; check that it runs, and try again.'],
  ['0A', 'The database server lacks a required feature; compare its version with the documentation.'],
  [
    '21',
    'An expression of the table finds more than one row where it needs one; ask the owner of the table.',
  ],
  ['22', 'The database cannot use a value; its log says which one.'],
  ['23', 'A rule of the table does not allow this; the log of the database names it.'],
  ['25', 'The transaction ended before its work was done; try again.'],
  [
    '26',
    'A prepared statement is missing, perhaps lost by a connection pooler; check the connection settings.',
  ],
  ['28', 'The database rejected this user; check the connection settings and pg_hba.conf.'],
  ['2B', 'Other objects of the database depend on this one; its log names them.'],
  ['3D', 'The database does not exist; create it, or check the connection settings.'],
  ['3F', 'A schema is missing in the database; run the migrations.'],
  ['40', 'The transaction conflicted with others; try again.'],
  [
    '42',
    'The database does not know a name or a type; run the migrations, and compare the resource with its table.',
  ],
  ['44', 'The view accepts only rows that it shows; ask its owner which rows it shows.'],
  ['53', 'The database has too few resources left; try again later, or give it more.'],
  ['54', 'A value or a statement is too large for the database; make it smaller.'],
  ['55', 'An object of the database is in use, or is not ready for this; try again, and see its log.'],
  ['57', 'The database was asked to stop the statement; try again.'],
  ['58', 'The database server had a disk or system error; see its log, and try again.'],
  ['F0', 'A configuration file of the database has an error; see its log.'],
  ['P0', 'A trigger or function of the database stopped the statement; the log of the database says why.'],
  ['XX', 'The database reported an internal error; see its log, and check its disk.'],
])

const fallback = 'The database could not carry out a statement; its log says why.'

/** The message for a SQLSTATE. Programs read the state itself from `LadingError.sqlstate`. */
export function faultSentence(state: string): string {
  return byState.get(state) ?? byClass.get(state.slice(0, 2)) ?? fallback
}
