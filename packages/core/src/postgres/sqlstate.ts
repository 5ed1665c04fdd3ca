// A database error → where it originates, and the fault that it becomes; both from the table in `errors/fault-table.ts`.
import { ruleOfState } from '../errors/fault-table.ts'
import { isRaised, LadingError, stateOf } from '../errors/lading-error.ts'
import { faultSentence } from './fault-sentences.ts'

/** Raised by Lading's DO blocks when fewer rows were written than were sent. */
export const rowsSuppressed = 'LD001'

/** Raised by Lading's DO blocks for an update of a value that only the database may change. */
export const identityProtected = 'LD003'

/** Raised by a job's fence when this worker no longer holds the job. */
export const fenced = 'LD002'

/** Raised at the end of a job if its table, or one of Lading's tables, would not survive a crash. */
export const notDurable = 'LD004'

/**
 * - `row`: a row may be at fault. The rows are then tried one by one to find it.
 * - `retry`: the same transaction may succeed when it is retried.
 * - `run`: no row is at fault.
 */
export type FaultOrigin = 'row' | 'retry' | 'run'

/** The origin of an error of a statement that writes many rows. */
export function faultOrigin(error: unknown): FaultOrigin {
  const state = sqlstate(error)
  if (state === undefined) return 'run'
  const { owners, isRetried } = ruleOfState(state)
  const owner = isRaised(error) ? owners.raise : owners.row
  if (owner === 'record') return 'row'
  return isRetried === true ? 'retry' : 'run'
}

/**
 * The SQLSTATE of a database error, or of the cause of a fault; undefined for an error that did not come from the
 * database.
 */
export function sqlstate(error: unknown): string | undefined {
  return error instanceof LadingError ? error.sqlstate : stateOf(error)
}

/** Converts any error of a database call to a fault with Lading's own message; the original stays in `cause`. */
export function databaseFault(error: unknown): LadingError {
  if (error instanceof LadingError) return error
  const state = sqlstate(error)
  if (error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError) {
    return new LadingError('INTERNAL', 'Something went wrong inside of Lading; please report it.', {
      cause: error,
    })
  }
  if (state === undefined) {
    return new LadingError(
      'DATABASE_UNAVAILABLE',
      'The connection to the database broke; check that it runs, and try again.',
      { cause: error },
    )
  }
  if (isRaised(error)) return new LadingError('DATABASE_REFUSED', faultSentence('P0001'), { cause: error })
  if (state === notDurable) {
    return new LadingError(
      'RESOURCE_MISMATCH',
      'A table of this import, or one of the schema lading, became UNLOGGED or temporary while the import ran; its records are counted, but a crash would lose them. Set it LOGGED again, and retry the job.',
      { cause: error },
    )
  }
  return new LadingError(
    isTransient(state) ? 'DATABASE_UNAVAILABLE' : 'DATABASE_REFUSED',
    state === fenced ? 'The job was taken over, cancelled or ended meanwhile.' : faultSentence(state),
    { cause: error },
  )
}

/** Jobs wait until a wrong password is corrected, but it does not count as unavailable: a starting process must report it and stop. */
function isTransient(state: string): boolean {
  const isLogin = state.startsWith('28') || state.startsWith('3D')
  return !isLogin && ruleOfState(state).owners.statement === 'infrastructure'
}
