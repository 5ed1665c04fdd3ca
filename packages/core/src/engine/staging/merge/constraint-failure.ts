// SQL that diagnoses why the database rejected a row, and tells failures of a row from those of the statement.
import { type StateRule, stateRules } from '../../../errors/fault-table.ts'
import { ownCode } from '../../../errors/lading-error.ts'
import { literal } from '../../../postgres/identifier.ts'

/** Only messages of RAISE leave the database, because they are the application's own. Other texts may contain other users' data. */
export interface Diagnosis {
  readonly state: string
  /** Names from the error, here and below; empty if the error does not give them. */
  readonly schema: string
  readonly table: string
  readonly constraint: string
  readonly column: string
  /** Name of a domain. */
  readonly datatype: string
  /** Raised by RAISE in the table's code, which may use any SQLSTATE. */
  readonly isRaised: boolean
  /** For P0001 only. */
  readonly message: string | null
  readonly hint: string | null
}

export interface ConstraintFailure extends Diagnosis {
  readonly row: number
}

/** The default SQLSTATE of RAISE (PostgreSQL manual, RAISE). */
export const raised = 'P0001'

/** Declarations that a plpgsql block with `diagnose` needs. */
export const diagnosisVariables = `
  state text;
  schema_name text;
  table_name text;
  constraint_name text;
  column_name text;
  datatype_name text;
  message text;
  hint text;
  context text;`

/** `others` alone does not catch ASSERT, or code of the table that raises `query_canceled`. */
export const anyError = 'query_canceled or assert_failure or others'

/** First statement of an exception handler. */
export const diagnose = `get stacked diagnostics state = returned_sqlstate, schema_name = schema_name,
          table_name = table_name, constraint_name = constraint_name, column_name = column_name,
          datatype_name = pg_datatype_name, message = message_text, hint = pg_exception_hint,
          context = pg_exception_context;`

/** SQL expression, for use after `diagnose`: true for an error from RAISE in the table's code; see `isRaised`. */
const isRaisedSql = `(split_part(context, chr(10), 1) ~ ${literal('\\mRAISE\\M')}
          and split_part(context, chr(10), 1) !~ ${literal(ownCode)})`

/** Arguments of `json_build_object` for a `Diagnosis`. Texts are cut at 1,000 characters; the report cuts them shorter anyway. */
export const diagnosis = `'state', state, 'isRaised', ${isRaisedSql}, 'schema', schema_name, 'table', table_name, 'constraint', constraint_name,
          'column', column_name, 'datatype', datatype_name,
          'message', case when state = '${raised}' then left(message, 1000) end,
          'hint', case when state = '${raised}' then left(hint, 1000) end`

/** SQL expression, for use after `diagnose`: true if no row is at fault. */
export const isNotOfARow = `(${matches(({ owners }) => owners.row !== 'record')} and not ${isRaisedSql})`

/** SQL expression, for use after `diagnose`: true if the row is at fault only if the statement succeeds without any row. */
export const isProbed = `(${matches(rule => rule.isProbed === true)} and not ${isRaisedSql})`

/** SQL expression, for use after `diagnose`: true if the row is retried at once before it counts as at fault. */
export const isRetried = matches(rule => rule.isRetried === true)

/** The first rule that lists the state or its class applies, as in `ruleOfState`. */
function matches(predicate: (rule: StateRule) => boolean): string {
  const rules: readonly StateRule[] = stateRules
  const branches = rules.flatMap(rule => {
    const list = (length: number) => rule.states.filter(state => state.length === length).map(literal)
    const tests = [
      ...list(5).map(state => `state = ${state}`),
      ...list(2).map(start => `left(state, 2) = ${start}`),
    ]
    return tests.length === 0 ? [] : [`when ${tests.join(' or ')} then ${predicate(rule)}`]
  })
  return `case ${branches.join(' ')} else false end`
}
