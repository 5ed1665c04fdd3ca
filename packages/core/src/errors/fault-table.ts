// THE table of whose fault an error of the database is: SQLSTATE and where it was raised → the record, the job, or everybody.
import type { FaultCode } from './codes.ts'
import { isRaised, type LadingError } from './lading-error.ts'

/**
 * - `record`: one record is rejected, and all others get in.
 * - `job`: the job ends with this fault.
 * - `stop`: the attempt is over, for a reason that is none of its own.
 * - `infrastructure`: no job is to blame. The same work succeeds as soon as the database can do it, so jobs wait for that.
 */
export type Owner = 'record' | 'job' | 'infrastructure' | 'stop'

/**
 * Where an error comes from:
 *
 * - `raise`: a RAISE in a function, such as a trigger, while a row is written. The SQLSTATE is whatever its author chose.
 * - `row`: PostgreSQL itself, while it writes one row and runs all that the table does with it.
 * - `statement`: PostgreSQL itself, for a statement of ours that would fail whatever the rows are.
 */
export type StateOrigin = 'raise' | 'row' | 'statement'

export interface StateRule {
  /** What the states have in common, as `docs/errors.md` calls it. */
  readonly name: string
  /** SQLSTATEs, and classes of two characters. The first rule with a state or its class counts. */
  readonly states: readonly string[]
  readonly owners: Readonly<Record<StateOrigin, Owner>>
  /** The row and the batch are tried again at once, before anything is blamed. */
  readonly isRetried?: true
  /** Of `row`: the record's only if the same statement works without any row. Otherwise the owner is that of `statement`. */
  readonly isProbed?: true
}

const recordOnly = { raise: 'record', row: 'record', statement: 'job' } as const
const everybody = { raise: 'record', row: 'infrastructure', statement: 'infrastructure' } as const

/** By appendix A of the PostgreSQL manual. `LD…` are raised by Lading's own statements. */
export const stateRules = [
  {
    name: 'Another transaction is in the way',
    states: ['40001', '40P01'],
    owners: everybody,
    isRetried: true,
  },
  { name: 'A lock was not free in time', states: ['55P03'], owners: everybody, isRetried: true },
  {
    name: 'The database is away, is stopping, or takes no changes',
    states: ['08', '25006', '57P01', '57P02', '57P03', '57P05'],
    owners: everybody,
  },
  {
    name: 'A timeout or an administrator ended it',
    states: ['25P03', '25P04', '40', '57'],
    owners: everybody,
  },
  { name: 'The database has no room, memory or connection left', states: ['53'], owners: everybody },
  { name: 'The disk or the system of the server fails', states: ['58'], owners: everybody },
  {
    name: 'The database does not let this user in',
    states: ['28', '3D'],
    owners: { raise: 'record', row: 'record', statement: 'infrastructure' },
  },
  {
    name: 'Data of the server are damaged',
    states: ['XX001', 'XX002'],
    owners: { raise: 'record', row: 'job', statement: 'job' },
  },
  {
    name: 'A worker does not hold its job any more',
    states: ['LD002'],
    owners: { raise: 'stop', row: 'stop', statement: 'stop' },
  },
  {
    name: 'A table does not outlive a crash any more',
    states: ['LD004'],
    owners: { raise: 'job', row: 'job', statement: 'job' },
  },
  {
    name: 'A value, a rule of the table, or a function of it',
    states: ['21', '22', '23', '44', '54', 'P0', 'LD001', 'LD003'],
    owners: recordOnly,
  },
  {
    name: 'A name, a privilege, or what the server cannot do',
    states: ['0A', '25', '26', '2B', '2D', '34', '3B', '3F', '42', '55'],
    owners: recordOnly,
    isProbed: true,
  },
  { name: 'Anything else', states: [], owners: recordOnly },
] as const satisfies readonly StateRule[]

/** The last rule has no states, and is that of all others. */
export function ruleOfState(state: string): StateRule {
  const rules: readonly StateRule[] = stateRules
  const found = rules.find(({ states }) => states.includes(state) || states.includes(state.slice(0, 2)))
  return found ?? { name: 'Anything else', states: [], owners: recordOnly }
}

/**
 * - `infrastructure`: the job waits until it is over.
 * - `source`: the server of a remote file, which has attempts of its own.
 * - `job`: the job fails, because it would fail again.
 * - `lading`: a defect of Lading. The job fails, and the operator hears of it.
 * - `stop`: somebody stopped the attempt. The job is given back, and nothing is counted.
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

/** What jobs wait for: a refused login, and the codes that are nothing but that. */
export const outageCodes: readonly string[] = [
  'DATABASE_REFUSED',
  ...Object.entries(ownersOfCodes).flatMap(([code, owner]) => (owner === 'infrastructure' ? [code] : [])),
]

/** Whose fault it is that a job cannot go on. */
export function ownerOfFault(fault: LadingError): FaultOwner {
  const { code, sqlstate } = fault
  if (code === 'DATABASE_REFUSED' && sqlstate !== undefined && !isRaised(fault)) {
    const owner = ruleOfState(sqlstate).owners.statement
    return owner === 'record' ? 'job' : owner
  }
  return ownersOfCodes[code] ?? 'job'
}
