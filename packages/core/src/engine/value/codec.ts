// The contract of a column type: text and JSON values in, COPY text in between, printed values out.
import { quoted } from '../../util/text/quoted.ts'

/**
 * One column type, both ways. `parse` and `fromJson` are strict: what they accept, PostgreSQL reads as the same
 * value in `stagingType`, and what `print` writes, they accept.
 */
export interface Codec {
  /** Type of the staging column. Text where PostgreSQL itself must be the judge, row by row, in the merge. */
  readonly stagingType: string
  /** What a value must be, for messages: "must be …". */
  readonly expectation: string
  /** Text of a CSV cell → value. Never called with an empty text, but by the text type. */
  parse(text: string): unknown
  /** JSON value, not null → value. */
  fromJson(value: unknown): unknown
  /** Value → text for COPY, not yet escaped. */
  toCopy(value: never): string
  /** That text never holds a character that COPY needs escaped. @defaultValue false */
  readonly isPlain?: boolean
  /** SQL expressions that print a column, for a CSV cell and for a JSON value. */
  print(column: PrintedColumn): { readonly csv: string; readonly json: string }
  /**
   * SQL condition on a value of the type, false for one that cannot be printed within a list.
   * @defaultValue every value can
   * @param type of the value by its PostgreSQL name
   */
  isPrintable?(sql: string, type: string): string
  /** Value → the text that `print` gives for it in a CSV cell. @defaultValue `toCopy` */
  show?(value: never): string
  /** Value → the JSON that `print` gives for it, where that is neither its text nor a string of it. */
  showJson?(value: never): string
  /** Of a list: the codec of its elements. */
  readonly element?: Codec
  /** That text is JSON as it stands; of most other types, a JSON value is that text as a string. @defaultValue false */
  readonly isJson?: boolean
}

/** What the catalogue says of the column that carries a value. */
export interface Carrier {
  /** Base type by its PostgreSQL name, such as `timestamptz` or `_int4`. */
  readonly type: string
  /** That of the elements of an array; null for any other type. */
  readonly elementType: string | null
  /** What stands between the elements of an array literal: a comma, but for a few types. */
  readonly elementDelimiter: string | null
  /** Type modifier: a length, or a precision and scale, packed; -1 for none. */
  readonly typmod: number
  /** A cast to text may give something else than what PostgreSQL prints. */
  readonly hasTextCast: boolean
}

/** Value → text as an export has it in a CSV cell, or as a JSON value. */
export function shown(codec: Codec, value: unknown, form: 'text' | 'json'): string {
  // Made by the codec's own `parse` or `fromJson`.
  if (form === 'json' && codec.showJson !== undefined) return codec.showJson(value as never)
  const text = codec.show === undefined ? codec.toCopy(value as never) : codec.show(value as never)
  return form === 'text' || codec.isJson === true ? text : JSON.stringify(text)
}

/** A column in a select list, and how to end the export when one of its values cannot be printed. */
export interface PrintedColumn extends Carrier {
  /** Quoted and qualified. */
  readonly sql: string
  /** SQL expression of type text that raises when it is evaluated. */
  readonly unprintable: string
}

/** What else is known of a refusal. */
export interface InvalidValueFacts {
  /** It is not of its type; it is none of the values that are allowed; it is too long. */
  readonly about?: 'type' | 'choice' | 'length'
  /** The message without what it says of the value, for fields whose values must not be shown. */
  readonly redacted?: string
  /** The value is a number, as text, that is beyond what its type holds. */
  readonly number?: string
}

/** A place within a value: an element of a list, counted from 1, or a member of an object. */
export type Place = number | string

/** Why a value was refused: by its type's own rule, for characters that no column can hold, or by the caller's scope. */
export class InvalidValue {
  constructor(
    /** Undefined: the field's own `INVALID_…` code. */
    readonly code?: 'NUL_CHARACTER' | 'ILL_FORMED_TEXT' | 'SCOPE_VIOLATION',
    readonly message?: string,
    /** What within the value it is about, from the outside in; empty for the value itself. */
    readonly at: readonly Place[] = [],
    readonly facts: InvalidValueFacts = {},
  ) {}

  /** The same of the element, or of the member, at this place of a value. */
  within(place: Place): InvalidValue {
    return new InvalidValue(this.code, this.message, [place, ...this.at], this.facts)
  }
}

/** The same without a word of the value, or a name out of it: places in lists stay, keys of objects do not. */
export function redact({ code, message, at, facts }: InvalidValue): InvalidValue {
  const key = at.findIndex(place => typeof place === 'string')
  return new InvalidValue(code, facts.redacted ?? message, key === -1 ? at : at.slice(0, key), facts)
}

/** A sentence about a value, or about what within it is at fault. @param subject such as `"tags"` */
export function sentenceOf({ message, at }: InvalidValue, subject: string, expectation: string): string {
  const place = placeWords(at, subject)
  return `${place.slice(0, 1).toUpperCase()}${place.slice(1)} ${message ?? expectation}.`
}

/** The innermost ones: a sentence about JSON of sixty levels would be no sentence. */
const mostPlaces = 8

/** `"price" in element 2 of "items" in "order"`; dimensions of a list are told together: `element [2][1] of "grid"`. */
function placeWords(at: readonly Place[], subject: string): string {
  const start = Math.max(0, at.length - mostPlaces)
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

/** What a value, or the element of it that was refused, must be, as far as its type says. */
export function expectationOf({ expectation, element }: Codec, { at }: InvalidValue): string {
  return typeof at[0] === 'number' && element !== undefined ? element.expectation : expectation
}

export const invalid = new InvalidValue()

/** Of a number that is one, and that the type cannot hold. @param message what is said where its field has no bounds */
export function beyondType(number: string, message?: string): InvalidValue {
  return new InvalidValue(undefined, message, [], { number })
}
