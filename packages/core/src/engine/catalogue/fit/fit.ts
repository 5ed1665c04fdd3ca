// Columns → checks that a value fits, so that PostgreSQL does not reject it or silently round or truncate it.

import { hasMoreCodePoints } from '../../../util/text/code-points.ts'
import { nearestHint, oneOf } from '../../../util/text/one-of.ts'
import { isRejected, type Row, reject } from '../../resource/row.ts'
import { InvalidValue, sentenceOf } from '../../value/codec.ts'
import { checkJsonb } from '../../value/jsonb.ts'
import { elementsOf } from '../../value/list/dimensions.ts'
import type { Target, TargetColumn } from '../target.ts'
import { fitsNumeric, numericLimits } from './fit-numeric.ts'

/** Which values of its field a column can hold. */
export interface ColumnLimit {
  readonly fits: (value: unknown) => boolean
  /** Predicate for messages, such as "must be …" or "is longer than …". */
  readonly expectation: string
  readonly isLength?: boolean
  /** A more specific reason why a value does not fit. */
  readonly explain?: (value: unknown) => InvalidValue | undefined
}

/**
 * Compiles the check of a row's values against their columns. It covers the columns whose limits are tighter than the
 * field's type. A value that PostgreSQL would round or truncate is rejected: an import must not change data silently.
 * The exception is `real`, which rounds as every floating-point number does when it is parsed from text.
 */
export function compileLimitCheck({ resource, writable }: Target): (row: Row) => void {
  const limited = writable.flatMap(column => {
    const limit = limitOf(column)
    return limit === undefined ? [] : [{ field: column.field, ...limit }]
  })
  return row => {
    for (const { field, fits, expectation, isLength, explain } of limited) {
      const value = row.values[field.index]
      if (value === undefined || value === null || value instanceof InvalidValue || fits(value)) continue
      if (isRejected(row, field)) continue
      const defaultCode = isLength === true ? field.codes.tooLong : field.codes.invalid
      const invalid = explain?.(value) ?? new InvalidValue()
      const sentence = sentenceOf(invalid, `"${field.name}"`, expectation)
      reject(resource, row, field, invalid.code ?? defaultCode, sentence)
    }
  }
}

/** Returns undefined if the field's type already enforces all limits of the column. */
export function limitOf({ field, info }: TargetColumn): ColumnLimit | undefined {
  const isArray = field.type.kind === 'array'
  const type = isArray ? (info.elementType ?? '') : info.type
  const ofType = field.type.verbatim === true ? limitOfVerbatim : limitOfType
  const limit = info.labels === null ? ofType(type, info.typmod) : limitOfLabels(info.labels, field.sensitive)
  if (limit === undefined) return undefined
  if (isArray) return ofElements(limit)
  // The schema's maxLength is at most as long, and has been checked already.
  const { maxLength } = field.schema
  return info.typmod >= 0 && maxLength <= info.typmod - headerBytes ? undefined : limit
}

/** Applies the limit to each element of a list; the reason names the first element that does not fit. */
function ofElements(limit: ColumnLimit): ColumnLimit {
  const isInvalid = (item: unknown) => item !== null && !limit.fits(item)
  return {
    ...limit,
    fits: value => Array.isArray(value) && !elementsOf(value).some(isInvalid),
    explain: value => (Array.isArray(value) ? firstInvalid(value, limit, isInvalid) : undefined),
  }
}

function firstInvalid(
  list: readonly unknown[],
  limit: ColumnLimit,
  isInvalid: (item: unknown) => boolean,
): InvalidValue | undefined {
  for (const [index, item] of list.entries()) {
    const invalid = Array.isArray(item)
      ? firstInvalid(item, limit, isInvalid)
      : isInvalid(item)
        ? (limit.explain?.(item) ?? new InvalidValue())
        : undefined
    if (invalid !== undefined) return invalid.within(index + 1)
  }
  return undefined
}

/** Size in bytes of the variable-length header, which PostgreSQL adds to lengths and precisions in a type modifier. */
const headerBytes = 4

function limitOfType(type: string, typmod: number): ColumnLimit | undefined {
  switch (type) {
    case 'int2':
      return range(-(2 ** 15), 2 ** 15 - 1)
    case 'int4':
      return range(-(2 ** 31), 2 ** 31 - 1)
    case 'float4':
      return { fits: isSingle, expectation: singleRange }
    case 'numeric': {
      if (typmod < 0) return undefined
      const limits = numericLimits(typmod)
      return { fits: value => fitsNumeric(String(value), limits), expectation: limits.expectation }
    }
    case 'timestamp':
    case 'timestamptz':
    case 'time':
    case 'timetz':
      return fraction(typmod)
    case 'varchar':
      // PostgreSQL rejects longer values, but truncates them silently if the excess is only trailing spaces.
      return typmod < 0 ? undefined : length(typmod - headerBytes, text => text)
    case 'bpchar':
      // Trailing spaces of a char(n) are not significant.
      return typmod < 0 ? undefined : length(typmod - headerBytes, text => text.replace(/ {1,}$/, ''))
    case 'bit':
      return typmod < 0 ? undefined : bits(typmod, true)
    case 'varbit':
      return typmod < 0 ? undefined : bits(typmod, false)
    case 'name':
      return bytes(maxNameBytes)
    case 'char':
      return byteOrOctal
    case 'jsonb':
      return {
        fits: value => checkJsonb(value) === undefined,
        explain: checkJsonb,
        expectation: 'must be JSON',
      }
    default:
      return undefined
  }
}

/** Limits for verbatim fields. PostgreSQL itself reports the values that it rejects; only those it would round are checked here. */
function limitOfVerbatim(type: string, typmod: number): ColumnLimit | undefined {
  if (type === 'int2' || type === 'int4' || type === 'float4' || type === 'jsonb') return undefined
  const limit = limitOfType(type, typmod)
  return type === 'numeric' && limit !== undefined
    ? {
        ...limit,
        fits: value => !/\d/.test(String(value)) || (decimal.test(String(value)) && limit.fits(value)),
      }
    : limit
}

/** A finite number as PostgreSQL prints it: without exponent. */
const decimal = /^\s*[+-]?[\d.]+\s*$/

/** PostgreSQL silently truncates longer names (NAMEDATALEN is 64 bytes). */
const maxNameBytes = 63

function range(min: number, max: number): ColumnLimit {
  return {
    fits: value => typeof value === 'number' && value >= min && value <= max,
    expectation: `must be a whole number from ${min} to ${max}`,
  }
}

const singleRange = 'must be 0, or between 1e-45 and 3.4028235e+38 with either sign'

/** PostgreSQL rejects values that overflow or underflow a float4. */
function isSingle(value: unknown): boolean {
  const single = Math.fround(Number(value))
  return Number.isFinite(single) && (single !== 0 || value === 0)
}

/** Limits the fractional digits of the seconds. Without a precision the limit is 6, the maximum. */
function fraction(precision: number): ColumnLimit {
  const max = precision < 0 ? 6 : precision
  // A non-zero digit after the last one that the column stores.
  const tooFine = new RegExp(`\\.\\d{${max}}\\d*[1-9]`)
  return {
    fits: value => !tooFine.test(String(value)),
    expectation:
      max === 0
        ? 'must have no fractional seconds'
        : `must have at most ${max} fractional ${max === 1 ? 'digit' : 'digits'} in the seconds`,
  }
}

function length(max: number, significant: (text: string) => string): ColumnLimit {
  return {
    fits: value => typeof value === 'string' && !hasMoreCodePoints(significant(value), max),
    expectation: `is longer than ${max} ${max === 1 ? 'character' : 'characters'}`,
    isLength: true,
  }
}

/** Limits bit strings in binary or hexadecimal digits (PostgreSQL manual, 4.1.2.5). PostgreSQL rejects any other text itself. */
function bits(max: number, isExact: boolean): ColumnLimit {
  const count = (text: string) =>
    /^x[\da-f]*$/i.test(text) ? 4 * (text.length - 1) : text.replace(/^b/i, '').length
  return {
    fits: value => {
      const text = String(value)
      const isOtherText = !/^(?:b?[01]*|x[\da-f]*)$/i.test(text)
      return isOtherText || (isExact ? count(text) === max : count(text) <= max)
    },
    expectation: `${isExact ? 'must have exactly' : 'is longer than'} ${max} ${max === 1 ? 'bit' : 'bits'}`,
    isLength: true,
  }
}

/** For the types `name` and `"char"`, which truncate silently. */
function bytes(max: number): ColumnLimit {
  return {
    fits: value => Buffer.byteLength(String(value)) <= max,
    expectation: `is longer than ${max === 1 ? '1 byte' : `${max} bytes`}`,
    isLength: true,
  }
}

const oneByte = bytes(1)
/** Also accepts `\200` to `\377`, as PostgreSQL prints bytes that are not characters. */
const byteOrOctal: ColumnLimit = {
  ...oneByte,
  fits: value => oneByte.fits(value) || /^\\[0-3][0-7][0-7]$/.test(String(value)),
}

/** @param isSensitive omits the hint, because the nearest label would reveal the value */
function limitOfLabels(labels: readonly string[], isSensitive: boolean): ColumnLimit {
  const known = new Set<unknown>(labels)
  const expectation = `must be ${oneOf(labels)}`
  const hintFor = nearestHint(labels)
  return {
    fits: value => known.has(value),
    expectation,
    explain: value => {
      const hint = isSensitive ? '' : hintFor(value)
      return hint === '' ? undefined : new InvalidValue(undefined, `${expectation}${hint}`)
    },
  }
}
