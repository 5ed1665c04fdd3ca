// A row that the database itself refused, and which refusals are no row's at all.

/** Texts of the database stay there: they can hold the data of others. */
export interface Refusal {
  readonly row: number
  readonly state: string
  readonly constraint: string
  readonly column: string
}

/** If the first rows all fail alike for a reason that is no row's, it is the run's: a missing grant, for one. */
export const alikeRows = 50

/** True for a SQLSTATE for which no row is to blame, as an SQL expression: see `blame`. */
export function notOfARow(state: string): string {
  const isClass = `left(${state}, 2)`
  return `(${isClass} in ('08', '25', '40', '53', '55', '57', '58') or (${isClass} = '42' and ${state} <> '42501'))`
}
