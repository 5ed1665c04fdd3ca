// A row that the database itself refused, what it says of the reason, and which refusals are no row's at all.

/** Texts of the database stay there: they can hold the data of others. Those of RAISE are the application's own. */
export interface Diagnosis {
  readonly state: string
  /** Of what refused; empty where the database does not say. */
  readonly schema: string
  readonly table: string
  readonly constraint: string
  readonly column: string
  /** A domain. */
  readonly datatype: string
  /** Of P0001 only. */
  readonly message: string | null
  readonly hint: string | null
}

export interface Refusal extends Diagnosis {
  readonly row: number
}

/** What code of the application raises unless it says otherwise (PostgreSQL manual, RAISE). */
export const raised = 'P0001'

/** Declarations of a plpgsql block that diagnoses. */
export const diagnosisVariables = `
  state text;
  schema_name text;
  table_name text;
  constraint_name text;
  column_name text;
  datatype_name text;
  message text;
  hint text;`

/** First statement of an exception handler. */
export const diagnose = `get stacked diagnostics state = returned_sqlstate, schema_name = schema_name,
          table_name = table_name, constraint_name = constraint_name, column_name = column_name,
          datatype_name = pg_datatype_name, message = message_text, hint = pg_exception_hint;`

/** Arguments of `json_build_object`: those of `Diagnosis`. Longer texts are cut in the report anyway. */
export const diagnosis = `'state', state, 'schema', schema_name, 'table', table_name, 'constraint', constraint_name,
          'column', column_name, 'datatype', datatype_name,
          'message', case when state = '${raised}' then left(message, 1000) end,
          'hint', case when state = '${raised}' then left(hint, 1000) end`

/** If the first rows all fail alike for a reason that may be no row's, it is the run's: a missing grant, for one. */
export const alikeRows = 50

/** True for a SQLSTATE for which no row is to blame, as an SQL expression: see `blame`. */
export function notOfARow(state: string): string {
  const isClass = `left(${state}, 2)`
  return `(${isClass} in ('08', '25', '40', '53', '55', '57', '58') or (${isClass} = '42' and ${state} <> '42501'))`
}

/**
 * True for a SQLSTATE that rows and runs can have, as an SQL expression: a privilege that is missing or a policy, what
 * the server cannot do, and its own faults. Whatever code of the application raises is the row's.
 */
export function mayBeOfTheRun(state: string): string {
  return `left(${state}, 2) in ('42', '0A', 'XX')`
}
