// The language of judge and generators: a table as its owner sees it, and a file as it was written. Nothing of core.

/** A value as the database prints it; all that the judge compares is text. */
export type Value = string | null
export type TableRow = Record<string, Value>

/** Stands for values that only the database can know. After `made` the judge writes a number, to distinguish rows. */
export const made = 'made'
export const now = 'now'
/** What every timestamp is set to between two files, so that a change of one is seen. */
export const longAgo = '2000-01-01 00:00:00+00'

export interface Column {
  readonly name: string
  /** How JSON writes it: numbers bare, json as it is, anything else in quotes. */
  readonly kind: 'integer' | 'text' | 'numeric' | 'timestamp' | 'json'
  readonly required?: true
  /** Takes no null, so null in a file stands for its default. */
  readonly notNull?: true
  /** What an insert without the field makes of it. @defaultValue null */
  readonly initial?: Value
  /** Values that a file draws from; the more records, the more values. */
  pool(records: number): readonly string[]
  /** Of 20 records, how many have null in place of a value, and how many lack the field. @defaultValue none */
  readonly nulls?: number
  readonly absences?: number
  /** Values that the field refuses, and the code for it. */
  readonly faults: {
    readonly code: string
    readonly csv: readonly string[]
    readonly json: readonly string[]
  }
  /** Two texts of one value → one text, as the database prints it. */
  canonical?(text: string): string
}

export interface Key {
  readonly fields: readonly string[]
  readonly ignoreCase?: true
  /** A null is equal to a null. */
  readonly nullsEqual?: true
  readonly code: string
}

export interface Reference {
  readonly field: string
  readonly code: string
  /** `self`: the ids of the table itself; else those of another one. */
  readonly to: 'self' | ReadonlySet<string>
}

/** A field that a file may have in place of one that refers: it says what the row is called. */
export interface StandIn {
  /** The field itself; it has no column. */
  readonly column: Column
  readonly standsFor: string
  /** Id of the referenced row, if it exists. */
  find(name: string, table: readonly TableRow[]): string | undefined
}

export type Refused = string | null | undefined

export interface World {
  /** Name of the table. */
  readonly name: string
  readonly resource: string
  readonly ddl: string
  readonly columns: readonly Column[]
  /** The primary key first, if there is one. */
  readonly keys: readonly Key[]
  readonly references: readonly Reference[]
  readonly standIns?: readonly StandIn[]
  /**
   * What the table rejects although the resource does not know it: the field that its rule is about, null for no field, and
   * undefined if the row is accepted. @param others all rows but the one replaced
   */
  refuses(row: TableRow, others: readonly TableRow[]): Refused
  /** Of these, the fields that files reach; null among them if it is no field. */
  readonly refusedFields: readonly (string | null)[]
  /** A field that is unique across the whole table, though it is not a key: a tenant gets no details of a conflict. */
  readonly unknownKey?: string
  /**
   * Fields, or values of theirs, that only the table itself can judge: a trigger, or a unique index which no key of
   * the resource names. A stand-in for the table, as a dry run uses, does not know them.
   */
  readonly unseen?: Readonly<Record<string, string | 'any'>>
  /** SQL that leaves only references to rows which an export, in the order of the primary key, prints before. */
  readonly untangle?: string
  /** The field that says whose a row is. A caller sees and writes the rows of one tenant only. */
  readonly tenant?: string
  /** The column that an update sets to now. */
  readonly touched?: string
}

/** All that a file may hold. */
export function inputsOf({ columns, standIns = [] }: World): readonly Column[] {
  return [...columns, ...standIns.map(({ column }) => column)]
}

/** What a record says of a field; nothing at all if it is absent. */
export type Cell = { readonly value: Value } | { readonly fault: number }
export type Cells = Readonly<Record<string, Cell>>

export interface FileRecord {
  readonly cells: Cells
  /** The record never becomes fields: which of the ways to break it. */
  readonly broken?: number | undefined
  /** A blank line stands before it. */
  readonly blankBefore?: true | undefined
}

/** A record of a file that has been written. */
export interface WrittenRecord {
  readonly rowNumber: number
  readonly cells: Cells
  /** Code of a record that never becomes fields. */
  readonly problem?: string | undefined
}
