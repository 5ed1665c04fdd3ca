// An error of the database → whom it blames, and the fault that it becomes; both by THE table (`errors/fault-table.ts`).
import { ruleOfState } from '../errors/fault-table.ts'
import { isRaised, LadingError, stateOf } from '../errors/lading-error.ts'
import { faultSentence } from './fault-sentences.ts'

/** Raised by our own DO blocks when fewer rows were written than were sent. */
export const rowsSuppressed = 'LD001'

/** Raised by our own DO blocks for an update that would change a value that only the database may change. */
export const identityKept = 'LD003'

/** Raised by a job's fence when this worker does not hold the job any more. */
export const fenced = 'LD002'

/** Raised at the end of a job whose table, or a table of ours, does not outlive a crash. */
export const notKept = 'LD004'

/**
 * - `row`: a row may be at fault. The rows are tried one by one, which finds out.
 * - `retry`: the same transaction may succeed when it is tried again.
 * - `run`: no row is at fault.
 */
export type FaultOrigin = 'row' | 'retry' | 'run'

/** Whom a statement blames that writes many rows. */
export function blame(error: unknown): FaultOrigin {
  const state = sqlstate(error)
  if (state === undefined) return 'run'
  const { owners, isRetried } = ruleOfState(state)
  const owner = isRaised(error) ? owners.raise : owners.row
  if (owner === 'record') return 'row'
  return isRetried === true ? 'retry' : 'run'
}

/**
 * The five characters of a database error, or of the one that a fault was made of; undefined for an error that did not
 * come from the database.
 */
export function sqlstate(error: unknown): string | undefined {
  return error instanceof LadingError ? error.sqlstate : stateOf(error)
}

/** Any error of a database call as a fault with a sentence of ours; the original stays in `cause`. */
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
  if (state === notKept) {
    return new LadingError(
      'RESOURCE_MISMATCH',
      'A table of this import, or one of the schema lading, became UNLOGGED or temporary while the import ran; its records are counted, but a crash would lose them. Set it LOGGED again, and retry the job.',
      { cause: error },
    )
  }
  return new LadingError(
    isPassing(state) ? 'DATABASE_UNAVAILABLE' : 'DATABASE_REFUSED',
    state === fenced ? 'The job was taken over, cancelled or ended meanwhile.' : faultSentence(state),
    { cause: error },
  )
}

/** A wrong password is waited out by jobs, but is not called unavailable: a process that starts must say so, and stop. */
function isPassing(state: string): boolean {
  const isLogin = state.startsWith('28') || state.startsWith('3D')
  return !isLogin && ruleOfState(state).owners.statement === 'infrastructure'
}
