// The end of a page of jobs ↔ its cursor, which reveals only what the page shows: the time and the id of a job.
import { LadingError } from '../../errors/lading-error.ts'

/** A position in the list, after a job that may no longer exist. */
export interface ListPosition {
  /** Microseconds since 1970, as the database stores them: milliseconds would skip jobs. */
  readonly created_micros: string
  readonly id: string
}

/**
 * A sequence number would be shorter, but two of them would show a tenant how many jobs all tenants have submitted in
 * between.
 */
export function formatCursor({ created_micros: micros, id }: ListPosition): string {
  return `${micros}_${id}`
}

/** Sixteen digits suffice until 2286, and the database accepts every such time. */
const pattern = /^(\d{1,16})_([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/

/** @throws LadingError `OPTION_INVALID`, also for the numeric cursors of earlier versions */
export function parseCursor(cursor: string): ListPosition {
  const [, micros, id] = pattern.exec(cursor) ?? []
  if (micros !== undefined && id !== undefined) return { created_micros: micros, id }
  throw new LadingError(
    'OPTION_INVALID',
    'The cursor is not valid in this version; start again at the first page, without a cursor.',
  )
}
