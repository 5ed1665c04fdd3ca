// All sentences for records that the database rejects: what is wrong, where, and what to do.
import { and } from '../../catalogue/rules/check-words.ts'

/** The parameters of a sentence. */
export interface Facts {
  readonly resource: string
  /** The fields concerned, quoted; for a list, with the element: `Element 2 of "ips"`. */
  readonly names: readonly string[]
  /** Their values; undefined if they must not be shown. */
  readonly values: readonly (string | null | undefined)[]
  /** Name of the constraint, of the index, or of the generated column. */
  readonly rule: string
  /** What the rule requires, or why it fails. */
  readonly words: string
  /** Another table, or the type. */
  readonly other: string
  /** Columns of another table. */
  readonly others: readonly string[]
}

type Sentence = (facts: Facts) => string

const askOwner = 'ask the owner of the table'

export const sentences = {
  // Values that their type rejects.
  value: ({ names, words }) => `${names[0]} must be ${words}.`,
  'value out of range': ({ names, words }) => `${names[0]} is out of range; it must be ${words}.`,
  'bounds reversed': ({ names, words }) =>
    `${names[0]} has its bounds in the wrong order; it must be ${words}.`,
  'value too long': ({ names }) => `${names[0]} is longer than its column allows; shorten it.`,
  // NOT NULL.
  'no value': ({ names }) => `${names[0]} must have a value.`,
  'no computed value': ({ names, rule }) =>
    `The table computes "${rule}" from ${and(names)}, and it would be empty, which is not allowed. Correct ${one(names)}.`,
  'no value of its own': ({ rule }) =>
    `The table has no value for its column "${rule}", which must not be empty; ${askOwner} what fills it.`,
  // CHECK.
  'check in words': ({ words }) => `${words}.`,
  'check in words, computed': ({ names, words }) => `${words}. Correct ${one(names)}.`,
  'check in words, of a partition': ({ words, resource }) =>
    `${words} in the part of ${resource} that takes this row.`,
  check: ({ names, rule }) =>
    names.length === 1
      ? `${names[0]} breaks the rule "${rule}" of the table; correct it.`
      : `${and(names)} together break the rule "${rule}" of the table; correct one of them.`,
  rule: ({ rule }) => `The record breaks the rule "${rule}" of the table; ${askOwner} what it says.`,
  domain: ({ names, rule, other }) =>
    `${names[0]} breaks the rule "${rule}" of the type ${other}; correct it.`,
  // Other rows.
  'foreign key': ({ names, values, other, others }) =>
    `There is no row in ${other} with ${and(others.map((column, at) => `${article(values[at])} ${column}${quoted(values[at])}`))}. Correct ${and(names, 'or')}, or add that row first.`,
  'foreign key, full': ({ names }) =>
    names.length === 2
      ? `${and(names)} must either both have a value or both be empty.`
      : `${and(names)} must either all have a value or all be empty.`,
  'referred to': ({ names, values, other }) =>
    `Rows of ${other} refer to this one by its ${and(names)}, so ${names.length === 1 ? `it cannot become${quoted(values[0]) || ' another one'}` : 'these cannot change'}. Leave ${names.length === 1 ? 'it as it is' : 'them as they are'}, or change those rows first.`,
  unique: ({ names, resource }) =>
    names.length === 1
      ? `${names[0]} must be unique, and another row of ${resource} has the same value already.`
      : `${and(names)} must be unique together, and another row of ${resource} has the same values already.`,
  'unique, folded': ({ names, resource }) =>
    `${and(names)} must be unique ${names.length > 1 ? 'together, ' : ''}without regard to case, and another row of ${resource} has the same ${names.length > 1 ? 'values' : 'value'} already.`,
  'unique, computed': ({ names, rule, resource }) =>
    `${and(names)} ${names.length === 1 ? 'is' : 'are'} not unique by the rule "${rule}" of the table, because of another row of ${resource}. Change ${names.length === 1 ? 'it' : 'one of them'}.`,
  'unique, partial': ({ names, rule }) =>
    `${and(names)} must be unique among some rows (rule "${rule}"), and another of these has the same ${names.length === 1 ? 'value' : 'values'} already.`,
  'unique, unnamed': ({ resource, rule }) =>
    `The record is not unique by the rule "${rule}" of the table, because of another row of ${resource}; ${askOwner} what it says.`,
  overlap: ({ names, rule, resource }) =>
    `${names[0]} overlaps the value in another row of ${resource}, which the rule "${rule}" forbids. Change it.`,
  exclusion: ({ words, rule, resource }) =>
    `Another row of ${resource} has ${words}, which the rule "${rule}" forbids. Change one of them.`,
  'exclusion, unnamed': ({ rule, resource }) =>
    `The record clashes with another row of ${resource}, which the rule "${rule}" forbids; ${askOwner} what it says.`,
  // Where the row goes.
  'no partition': ({ names, words, other }) =>
    `There is no partition of ${other} for this row: none takes ${words}. Correct ${names.length > 1 ? 'them' : 'it'}, or have a partition added.`,
  'no partition, unnamed': ({ other }) =>
    `There is no partition of ${other} for this row; ${askOwner} to add one.`,
  'out of the partition': ({ names, other }) =>
    `The record does not belong in ${other}, which is a part of another table${names.length === 0 ? '' : `, by its ${and(names)}`}; import it into that table.`,
  'view in words': ({ words, other }) => `The view ${other} takes only rows that it shows: ${words}.`,
  view: ({ other }) =>
    `The view ${other} takes only rows that it shows, and would not show this one; ask its owner which rows it shows.`,
  // Code of the owner.
  policy: ({ resource }) =>
    `A policy of ${resource} (row-level security) does not let this record in; ${askOwner} which records you may write.`,
  privilege: ({ resource }) =>
    `The database user may not write this record of ${resource}; ${askOwner} to grant the missing privilege.`,
  dropped: ({ resource }) =>
    `A trigger of ${resource} dropped this record without a reason; ${askOwner} why.`,
  raised: ({ words }) => words,
  'raised without a word': ({ resource, names }) =>
    `A trigger or function of ${resource} refuses ${names[0] ?? 'this record'}; ${askOwner} why.`,
  'code fails': ({ resource, words }) =>
    `A trigger or function of ${resource} fails for this record: ${words}. Ask the owner of the table.`,
  'cannot compute': ({ names, rule, words }) =>
    `The table cannot compute "${rule}"${names.length === 0 ? '' : ` from ${and(names)}`}: ${words}. ${correct(names)}`,
  'cannot judge': ({ names, rule, words }) =>
    `The rule "${rule}" of the table cannot check ${and(names) || 'this record'}: ${words}. ${correct(names)}`,
  'cannot index': ({ names, rule, words }) =>
    `The index "${rule}" of the table cannot take ${and(names) || 'this record'}: ${words}. ${correct(names)}`,
  'too long for an index': ({ names, rule }) =>
    `${and(names) || 'The record'} ${names.length > 1 ? 'are together' : 'is'} too long for the index "${rule}" of the table; shorten ${names.length > 1 ? 'one of them' : 'it'}.`,
  'too large': () => 'The record is too large for the table. Shorten its longest values.',
  'no number left': ({ names }) =>
    `The table has no number left for ${names[0] ?? 'one of its columns'}. Ask the owner of the table to extend its sequence.`,
} as const satisfies Record<string, Sentence>

export type SentenceName = keyof typeof sentences

/** Why an expression or function of the table's owner fails, by SQLSTATE, as the end of a sentence. */
const reasons: ReadonlyMap<string, string> = new Map([
  ['22012', 'it divides by zero'],
  ['22003', 'a number goes out of range'],
  ['22008', 'a date or time goes out of range'],
  ['22015', 'a span of time goes out of range'],
  ['22P02', 'a text cannot be read as the type that is needed'],
  ['22007', 'a text cannot be read as the type that is needed'],
  ['22018', 'a text cannot be read as the type that is needed'],
  ['22001', 'a text becomes too long'],
  ['22026', 'a string of bits has the wrong length'],
  ['22004', 'a value that is needed is empty'],
  ['2201B', 'a pattern is not valid'],
  ['2201E', 'it takes the logarithm of a number that has none'],
  ['2201F', 'it raises a number to a power that is not defined'],
  ['22023', 'a function does not accept a value'],
  ['2202E', 'a list does not have the elements that are needed'],
  ['21000', 'it finds more than one row where it needs one'],
  ['P0002', 'it does not find a row that it needs'],
  ['P0003', 'it finds more than one row where it needs one'],
  ['54000', 'a value becomes too large'],
  ['54001', 'it is nested too deeply'],
  ['0A000', 'it needs something that the server cannot do'],
])

/** Returns undefined for errors that the owner's code raises on purpose. */
export function reasonOf(state: string): string | undefined {
  return reasons.get(state) ?? (state.startsWith('22') ? 'it cannot use a value' : undefined)
}

/** SQLSTATEs of a value that has the right form but exceeds the range of its type. */
export const outOfRange: ReadonlySet<string> = new Set(['22003', '22008', '22015'])

function one(names: readonly string[]): string {
  return names.length === 1 ? (names[0] ?? '') : 'one of them'
}

function correct(names: readonly string[]): string {
  return names.length === 0 ? 'Ask the owner of the table.' : `Correct ${one(names)}.`
}

function article(value: string | null | undefined): string {
  return value === undefined || value === null ? 'this' : 'the'
}

function quoted(value: string | null | undefined): string {
  return value === undefined || value === null ? '' : ` "${value}"`
}
