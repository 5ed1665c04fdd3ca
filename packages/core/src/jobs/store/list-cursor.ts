// Where a page of a list ends ↔ its cursor, which tells what the page has told already: a moment and the id of a job.
import { LadingError } from '../../errors/lading-error.ts'

/** A place in the order of lists, behind a job; there need be none. */
export interface ListPlace {
  /** Microseconds since 1970, as the database has them: a list that begins at milliseconds would leave jobs out. */
  readonly created_micros: string
  readonly id: string
}

/**
 * A number for each job in place of the moment would be shorter; but two of them tell a tenant how many jobs all tenants
 * have submitted in between.
 */
export function cursorOf({ created_micros: micros, id }: ListPlace): string {
  return `${micros}_${id}`
}

/** Sixteen digits last until 2286, and are no moment that the database would refuse. */
const form = /^(\d{1,16})_([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/

/** @throws LadingError `OPTION_INVALID`, for the mere numbers of earlier versions too */
export function placeOf(cursor: string): ListPlace {
  const [, micros, id] = form.exec(cursor) ?? []
  if (micros !== undefined && id !== undefined) return { created_micros: micros, id }
  throw new LadingError(
    'OPTION_INVALID',
    'The cursor is none that this version returns; begin anew, at the first page, which needs no cursor.',
  )
}
