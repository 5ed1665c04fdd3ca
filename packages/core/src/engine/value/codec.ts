// The contract of a column type: parses text and JSON values, writes COPY text, prints values in exports.
import { quoted } from '../../util/text/quoted.ts'

/**
 * One column type, in both directions. `parse` and `fromJson` are strict: PostgreSQL reads what they accept as the same
 * value in `stagingType`. They accept everything that `print` writes.
 */
export interface Codec {
  /** Type of the staging column. Text if PostgreSQL itself must judge the values, row by row, in the merge. */
  readonly stagingType: string
  /** What a value must be, for messages: "must be …". */
  readonly expectation: string
  /** Text of a CSV cell → value. Never called with an empty string, except for the text type. */
  parse(text: string): unknown
  /** JSON value other than null → value. */
  fromJson(value: unknown): unknown
  /** Value → text for COPY, not yet escaped. */
  toCopy(value: never): string
  /** The COPY text never holds a character that needs escaping. @defaultValue false */
  readonly isPlain?: boolean
  /** SQL expressions that print a column, for a CSV cell and for a JSON value. */
  print(column: PrintedColumn): { readonly csv: string; readonly json: string }
  /**
   * SQL condition on a value of the type; false for a value that cannot be printed within a list.
   * @defaultValue every value can be printed
   * @param type PostgreSQL name of the value's type
   */
  isPrintable?(sql: string, type: string): string
  /** Value → the text that `print` gives in a CSV cell. @defaultValue `toCopy` */
  show?(value: never): string
  /** Value → the JSON that `print` gives, if that is neither the text nor the text as a string. */
  showJson?(value: never): string
  /** For a list: the codec of its elements. */
  readonly element?: Codec
  /** The printed text is itself JSON. For other types, the JSON value is that text as a string. @defaultValue false */
  readonly isJson?: boolean
}

/** What the catalogue says about the column of a value. */
export interface ColumnFacts {
  /** Base type by its PostgreSQL name, such as `timestamptz` or `_int4`. */
  readonly type: string
  /** Element type of an array; null for any other type. */
  readonly elementType: string | null
  /** Delimiter between the elements of an array literal: a comma for all but a few types. */
  readonly elementDelimiter: string | null
  /** Type modifier: a length, or packed precision and scale; -1 for none. */
  readonly typmod: number
  /** A cast to text may differ from what PostgreSQL prints. */
  readonly hasTextCast: boolean
}

/** Value → what an export prints for it: the text of a CSV cell, or a JSON value. */
export function printValue(codec: Codec, value: unknown, form: 'text' | 'json'): string {
  // `never`: the value came from this codec's own `parse` or `fromJson`.
  if (form === 'json' && codec.showJson !== undefined) return codec.showJson(value as never)
  const text = codec.show === undefined ? codec.toCopy(value as never) : codec.show(value as never)
  return form === 'text' || codec.isJson === true ? text : JSON.stringify(text)
}

/** A column in a select list, and the expression that ends the export if one of its values cannot be printed. */
export interface PrintedColumn extends ColumnFacts {
  /** Quoted and qualified. */
  readonly sql: string
  /** SQL expression of type text that raises an error when it is evaluated. */
  readonly unprintable: string
}

/** Further facts about an invalid value. */
export interface InvalidValueDetails {
  /** Which rule it breaks: it has the wrong type, is not an allowed value, or is too long. */
  readonly kind?: 'type' | 'choice' | 'length'
  /** The message without the value, for fields whose values must not be shown. */
  readonly redacted?: string
  /** A number out of the range of its type, as text. */
  readonly number?: string
}

/** A position within a value: an element of a list, counted from 1, or a member of an object. */
export type PathSegment = number | string

/** Why a value is invalid: by the rule of its type, for characters that no column can hold, or by the caller's scope. */
export class InvalidValue {
  constructor(
    /** Undefined stands for the field's own `INVALID_…` code. */
    readonly code?: 'NUL_CHARACTER' | 'ILL_FORMED_TEXT' | 'SCOPE_VIOLATION',
    readonly message?: string,
    /** Path to the invalid part of the value, from the outside in; empty for the value itself. */
    readonly path: readonly PathSegment[] = [],
    readonly details: InvalidValueDetails = {},
  ) {}

  /** The same problem, reported for an element or member of an outer value. */
  within(place: PathSegment): InvalidValue {
    return new InvalidValue(this.code, this.message, [place, ...this.path], this.details)
  }
}

/** Removes the value, and names out of it, from the problem: list positions stay, object keys do not. */
export function redact({ code, message, path, details }: InvalidValue): InvalidValue {
  const key = path.findIndex(place => typeof place === 'string')
  return new InvalidValue(code, details.redacted ?? message, key === -1 ? path : path.slice(0, key), details)
}

/** The sentence about an invalid value, or the invalid part of it. @param subject such as `"tags"` */
export function sentenceOf({ message, path }: InvalidValue, subject: string, expectation: string): string {
  const place = describePath(path, subject)
  return `${place.slice(0, 1).toUpperCase()}${place.slice(1)} ${message ?? expectation}.`
}

/** Path segments that a sentence names, from the inside: a path of sixty would be unreadable. */
const maxPlaces = 8

/** `"price" in element 2 of "items" in "order"`; dimensions of a list are combined: `element [2][1] of "grid"`. */
function describePath(at: readonly PathSegment[], subject: string): string {
  const start = Math.max(0, at.length - maxPlaces)
  let words = start === 0 ? subject : `a part of ${subject}`
  for (let index = start; index < at.length; ) {
    const place = at[index] ?? ''
    if (typeof place === 'string') {
      words = `${quoted(place)} in ${words}`
      index++
      continue
    }
    const next = at.findIndex((one, from) => from > index && typeof one === 'string')
    const dimensions = at.slice(index, next === -1 ? undefined : next)
    words = `element ${dimensions.length === 1 ? place : `[${dimensions.join('][')}]`} of ${words}`
    index += dimensions.length
  }
  return words
}

/** What a value, or its invalid element, must be according to its type. */
export function expectationOf({ expectation, element }: Codec, { path }: InvalidValue): string {
  return typeof path[0] === 'number' && element !== undefined ? element.expectation : expectation
}

export const invalid = new InvalidValue()

/** A valid number that its type cannot hold. @param message used if the field has no bounds */
export function outOfTypeRange(number: string, message?: string): InvalidValue {
  return new InvalidValue(undefined, message, [], { number })
}
