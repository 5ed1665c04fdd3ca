// The table that decides who owns a database error: SQLSTATE and origin → the record, the job, or the infrastructure.
import type { FaultCode } from './codes.ts'
import { isRaised, type LadingError } from './lading-error.ts'

/**
 * - `record`: one record is rejected; all others are imported.
 * - `job`: the job ends with this fault.
 * - `stop`: the attempt ends for a reason outside of it.
 * - `infrastructure`: no job is to blame. The same work succeeds once the database is back, so jobs wait.
 */
export type Owner = 'record' | 'job' | 'infrastructure' | 'stop'

/**
 * Where an error was raised:
 *
 * - `raise`: by a RAISE in a function, such as a trigger, while a row is written. Its author chose the SQLSTATE.
 * - `row`: by PostgreSQL itself, while it writes one row and runs the table's triggers and constraints.
 * - `statement`: by PostgreSQL itself, for a statement of Lading that would fail with any rows.
 */
export type StateOrigin = 'raise' | 'row' | 'statement'

export interface StateRule {
  /** What the states have in common. `docs/errors.md` uses the same words. */
  readonly name: string
  /** SQLSTATEs, and two-character classes. The first rule that has the state or its class applies. */
  readonly states: readonly string[]
  readonly owners: Readonly<Record<StateOrigin, Owner>>
  /** The row and the batch are retried at once, before an owner is decided. */
  readonly isRetried?: true
  /** For `row`: the record owns it only if the same statement works without any row; otherwise the `statement` owner does. */
  readonly isProbed?: true
}

const recordOnly = { raise: 'record', row: 'record', statement: 'job' } as const
const infrastructure = { raise: 'record', row: 'infrastructure', statement: 'infrastructure' } as const

/** From appendix A of the PostgreSQL manual. Lading's own statements raise `LD…`. */
export const stateRules = [
  {
    name: 'Another transaction is in the way',
    states: ['40001', '40P01'],
    owners: infrastructure,
    isRetried: true,
  },
  { name: 'A lock was not available in time', states: ['55P03'], owners: infrastructure, isRetried: true },
  {
    name: 'The database is down, stopping or read-only',
    states: ['08', '25006', '57P01', '57P02', '57P03', '57P05'],
    owners: infrastructure,
  },
  {
    name: 'A timeout or an administrator ended it',
    states: ['25P03', '25P04', '40', '57'],
    owners: infrastructure,
  },
  { name: 'The database is out of space, memory or connections', states: ['53'], owners: infrastructure },
  { name: 'The server has a disk or system failure', states: ['58'], owners: infrastructure },
  {
    name: 'The database does not let this user in',
    states: ['28', '3D'],
    owners: { raise: 'record', row: 'record', statement: 'infrastructure' },
  },
  {
    name: 'Data on the server is corrupt',
    states: ['XX001', 'XX002'],
    owners: { raise: 'record', row: 'job', statement: 'job' },
  },
  {
    name: 'The worker no longer holds its job',
    states: ['LD002'],
    owners: { raise: 'stop', row: 'stop', statement: 'stop' },
  },
  {
    name: 'A table no longer survives a crash',
    states: ['LD004'],
    owners: { raise: 'job', row: 'job', statement: 'job' },
  },
  {
    name: 'A value, or a rule or function of the table',
    states: ['21', '22', '23', '44', '54', 'P0', 'LD001', 'LD003'],
    owners: recordOnly,
  },
  {
    name: 'A name, a privilege, or an unsupported feature',
    states: ['0A', '25', '26', '2B', '2D', '34', '3B', '3F', '42', '55'],
    owners: recordOnly,
    isProbed: true,
  },
  { name: 'Anything else', states: [], owners: recordOnly },
] as const satisfies readonly StateRule[]

/** The first rule that matches a SQLSTATE; the last rule, which has no states, if none does. */
export function ruleOfState(state: string): StateRule {
  const rules: readonly StateRule[] = stateRules
  const rule = rules.find(({ states }) => states.includes(state) || states.includes(state.slice(0, 2)))
  return rule ?? { name: 'Anything else', states: [], owners: recordOnly }
}

/**
 * - `infrastructure`: the job waits until the outage is over.
 * - `source`: the server of a remote file failed. Fetching has its own retries.
 * - `job`: the job fails, because a retry would fail too.
 * - `lading`: a defect of Lading. The job fails, and the operator is notified.
 * - `stop`: the attempt was stopped. The job returns to the queue, and the attempt is not counted.
 */
export type FaultOwner = 'infrastructure' | 'source' | 'job' | 'lading' | 'stop'

const ownersOfCodes: Readonly<Partial<Record<FaultCode, FaultOwner>>> = {
  DATABASE_UNAVAILABLE: 'infrastructure',
  STORAGE_UNAVAILABLE: 'infrastructure',
  STORAGE_FULL: 'infrastructure',
  STORAGE_ELSEWHERE: 'infrastructure',
  QUEUE_FULL: 'infrastructure',
  SOURCE_UNAVAILABLE: 'source',
  CANCELLED: 'stop',
  INTERNAL: 'lading',
}

/** Codes of outages that jobs wait for: a refused login, and the codes whose owner is always the infrastructure. */
export const outageCodes: readonly string[] = [
  'DATABASE_REFUSED',
  ...Object.entries(ownersOfCodes).flatMap(([code, owner]) => (owner === 'infrastructure' ? [code] : [])),
]

/** Decides who owns the fault that stopped a job. */
export function ownerOfFault(fault: LadingError): FaultOwner {
  const { code, sqlstate } = fault
  if (code === 'DATABASE_REFUSED' && sqlstate !== undefined && !isRaised(fault)) {
    const owner = ruleOfState(sqlstate).owners.statement
    return owner === 'record' ? 'job' : owner
  }
  return ownersOfCodes[code] ?? 'job'
}
