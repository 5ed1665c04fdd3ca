// A row that the database itself refused, what it says of the reason, and which refusals are no row's at all.
import { type StateRule, stateRules } from '../../../errors/fault-table.ts'
import { ownCode } from '../../../errors/lading-error.ts'
import { literal } from '../../../postgres/identifier.ts'

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
  /** By a RAISE of the table's code, which may have any state. */
  readonly isRaised: boolean
  /** Of P0001 only. */
  readonly message: string | null
  readonly hint: string | null
}

export interface ConstraintFailure extends Diagnosis {
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
  hint text;
  context text;`

/** `others` alone would leave out what ASSERT raises, and what code of the table raises as a cancelled query. */
export const anyError = 'query_canceled or assert_failure or others'

/** First statement of an exception handler. */
export const diagnose = `get stacked diagnostics state = returned_sqlstate, schema_name = schema_name,
          table_name = table_name, constraint_name = constraint_name, column_name = column_name,
          datatype_name = pg_datatype_name, message = message_text, hint = pg_exception_hint,
          context = pg_exception_context;`

/** True for what a RAISE of the table's code has raised, as an SQL expression for after `diagnose`: see `isRaised`. */
const isRaisedSql = `(split_part(context, chr(10), 1) ~ ${literal('\\mRAISE\\M')}
          and split_part(context, chr(10), 1) !~ ${literal(ownCode)})`

/** Arguments of `json_build_object`: those of `Diagnosis`. Longer texts are cut in the report anyway. */
export const diagnosis = `'state', state, 'isRaised', ${isRaisedSql}, 'schema', schema_name, 'table', table_name, 'constraint', constraint_name,
          'column', column_name, 'datatype', datatype_name,
          'message', case when state = '${raised}' then left(message, 1000) end,
          'hint', case when state = '${raised}' then left(hint, 1000) end`

/** True where no row is to blame, as an SQL expression for after `diagnose`. */
export const isNotOfARow = `(${isOf(({ owners }) => owners.row !== 'record')} and not ${isRaisedSql})`

/** True where the row is to blame only if the same statement works without any row. */
export const isProbed = `(${isOf(rule => rule.isProbed === true)} and not ${isRaisedSql})`

/** True where the row is tried again at once before it is blamed. */
export const isRetried = isOf(rule => rule.isRetried === true)

/** The first rule counts that has the state or its class, as in `ruleOfState`. */
function isOf(isMeant: (rule: StateRule) => boolean): string {
  const rules: readonly StateRule[] = stateRules
  const branches = rules.flatMap(rule => {
    const list = (length: number) => rule.states.filter(state => state.length === length).map(literal)
    const tests = [
      ...list(5).map(state => `state = ${state}`),
      ...list(2).map(start => `left(state, 2) = ${start}`),
    ]
    return tests.length === 0 ? [] : [`when ${tests.join(' or ')} then ${isMeant(rule)}`]
  })
  return `case ${branches.join(' ')} else false end`
}
