// The list of warning codes: what an import reports about a file, in addition to the errors of its records.

/** Codes are stable: programs match on them, and details are for people. docs/errors.md explains each. */
export const warningCodes = [
  'NOTHING_IMPORTED',
  'UNKNOWN_COLUMN',
  'UNNAMED_COLUMN',
  'BLANK_RECORDS',
  'INVISIBLE_CHARACTERS',
  'SEQUENCE_NOT_ADVANCED',
  'SEQUENCE_NOT_LOCKED',
  'MAPPING_UNUSED',
  'UNLOGGED_TABLE',
  'FOREIGN_TABLE',
  'ERRORS_CAPPED',
] as const

export type WarningCode = (typeof warningCodes)[number]
