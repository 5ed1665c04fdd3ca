// SQLSTATE → what it means for a run: the fault of a row, of the run, or of the moment.
import { LadingError, stateOf } from '../errors/lading-error.ts'
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
 * - `row`: a row is at fault, and the others can still get in.
 * - `unclear`: may be a row (a raising trigger, row-level security) or the run (a missing grant): rows are tried one by one.
 * - `retry`: the same transaction may succeed when it is tried again.
 * - `run`: no row is at fault.
 */
export type Blame = 'row' | 'unclear' | 'retry' | 'run'

/** By the classes of appendix A of the PostgreSQL manual. */
export function blame(error: unknown): Blame {
  const state = sqlstate(error)
  if (state === undefined) return 'run'
  if (state === rowsSuppressed || state === identityKept || state === '54000') return 'row'
  if (state === fenced || state === notKept) return 'run'
  if (state === '40001' || state === '40P01') return 'retry'
  const sqlClass = state.slice(0, 2)
  if (sqlClass === '22' || sqlClass === '23' || sqlClass === '44') return 'row'
  if (['08', '25', '40', '53', '55', '57', '58'].includes(sqlClass)) return 'run'
  if (sqlClass === '42') return state === '42501' ? 'unclear' : 'run'
  return 'unclear'
}

/**
 * The five characters of a database error, or of the one that a fault was made of; undefined for an error that did not
 * come from the database.
 */
export function sqlstate(error: unknown): string | undefined {
  return error instanceof LadingError ? error.sqlstate : stateOf(error)
}

/** A transaction that was idle or ran for too long, and a lock that somebody else held. */
const momentary = ['25P03', '25P04', '55P03']

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
  if (state === notKept) {
    return new LadingError(
      'RESOURCE_MISMATCH',
      'A table of this import, or one of the schema lading, became UNLOGGED or temporary while the import ran; its records are counted, but a crash would lose them. Set it LOGGED again, and retry the job.',
      { cause: error },
    )
  }
  const unavailable = ['08', '40', '53', '57', '58'].includes(state.slice(0, 2)) || momentary.includes(state)
  return new LadingError(
    unavailable ? 'DATABASE_UNAVAILABLE' : 'DATABASE_REFUSED',
    state === fenced ? 'The job was taken over, cancelled or ended meanwhile.' : faultSentence(state),
    { cause: error },
  )
}
