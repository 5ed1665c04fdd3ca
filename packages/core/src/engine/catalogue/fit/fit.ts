// What a column can hold, where its type alone would have PostgreSQL refuse a value, or silently round or cut it.

import { hasMoreCodePoints } from '../../../util/text/code-points.ts'
import { nearestHint, oneOf } from '../../../util/text/one-of.ts'
import { isRejected, type Row, reject } from '../../resource/row.ts'
import { InvalidValue, sentenceOf } from '../../value/codec.ts'
import { refuseJsonb } from '../../value/jsonb.ts'
import { elementsOf } from '../../value/list/dimensions.ts'
import type { Target, TargetColumn } from '../target.ts'
import { fitsNumeric, numericLimits } from './fit-numeric.ts'

/** What a column can hold of the values of its field. */
export interface Limit {
  readonly fits: (value: unknown) => boolean
  /** "must …", for messages. */
  readonly expectation: string
  readonly isLength?: boolean
  /** Why a value does not fit, where that is known better. */
  readonly refuse?: (value: unknown) => InvalidValue | undefined
}

/**
 * The check of a row's values against their columns, for those columns that have a limit which the type of the
 * field does not have. A value that PostgreSQL would round or cut is refused: an import may not change data silently.
 * Only `real` rounds, as every floating-point number does on its way from text.
 */
export function compileFit({ resource, writable }: Target): (row: Row) => void {
  const limited = writable.flatMap(column => {
    const limit = limitOf(column)
    return limit === undefined ? [] : [{ field: column.field, ...limit }]
  })
  return row => {
    for (const { field, fits, expectation, isLength, refuse } of limited) {
      const value = row.values[field.index]
      if (value === undefined || value === null || value instanceof InvalidValue || fits(value)) continue
      if (isRejected(row, field)) continue
      const usual = isLength === true ? field.codes.tooLong : field.codes.invalid
      const refusal = refuse?.(value) ?? new InvalidValue()
      const sentence = sentenceOf(refusal, `"${field.name}"`, expectation)
      reject(resource, row, field, refusal.code ?? usual, sentence)
    }
  }
}

/** Undefined where its type is all that limits a column. */
export function limitOf({ field, info }: TargetColumn): Limit | undefined {
  const isArray = field.type.kind === 'array'
  const type = isArray ? (info.elementType ?? '') : info.type
  const ofType = field.type.verbatim === true ? limitOfVerbatim : limitOfType
  const limit = info.labels === null ? ofType(type, info.typmod) : limitOfLabels(info.labels, field.sensitive)
  if (limit === undefined) return undefined
  if (isArray) return ofElements(limit)
  // The schema's own length is as short, and has been checked.
  const { maxLength } = field.schema
  return info.typmod >= 0 && maxLength <= info.typmod - header ? undefined : limit
}

/** The same of each element of a list, which says where the first is that does not fit. */
function ofElements(limit: Limit): Limit {
  const isOdd = (item: unknown) => item !== null && !limit.fits(item)
  return {
    ...limit,
    fits: value => Array.isArray(value) && !elementsOf(value).some(isOdd),
    refuse: value => (Array.isArray(value) ? refuseElement(value, limit, isOdd) : undefined),
  }
}

function refuseElement(
  list: readonly unknown[],
  limit: Limit,
  isOdd: (item: unknown) => boolean,
): InvalidValue | undefined {
  for (const [index, item] of list.entries()) {
    const refusal = Array.isArray(item)
      ? refuseElement(item, limit, isOdd)
      : isOdd(item)
        ? (limit.refuse?.(item) ?? new InvalidValue())
        : undefined
    if (refusal !== undefined) return refusal.within(index + 1)
  }
  return undefined
}

/** Bytes of a variable-length header, which PostgreSQL adds to lengths and precisions in a type modifier. */
const header = 4

function limitOfType(type: string, typmod: number): Limit | undefined {
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
      // PostgreSQL refuses what is longer, but for blanks at the end: those it cuts off.
      return typmod < 0 ? undefined : length(typmod - header, text => text)
    case 'bpchar':
      // Blanks at the end of a char(n) have no meaning.
      return typmod < 0 ? undefined : length(typmod - header, text => text.replace(/ {1,}$/, ''))
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
        fits: value => refuseJsonb(value) === undefined,
        refuse: refuseJsonb,
        expectation: 'must be JSON',
      }
    default:
      return undefined
  }
}

/** What PostgreSQL would refuse it tells by itself; what it would round is told here. */
function limitOfVerbatim(type: string, typmod: number): Limit | undefined {
  if (type === 'int2' || type === 'int4' || type === 'float4' || type === 'jsonb') return undefined
  const limit = limitOfType(type, typmod)
  return type === 'numeric' && limit !== undefined
    ? {
        ...limit,
        fits: value => !/\d/.test(String(value)) || (decimal.test(String(value)) && limit.fits(value)),
      }
    : limit
}

/** As PostgreSQL prints what is finite: without exponent. */
const decimal = /^\s*[+-]?[\d.]+\s*$/

/** PostgreSQL cuts longer names silently (NAMEDATALEN is 64 bytes). */
const maxNameBytes = 63

function range(least: number, greatest: number): Limit {
  return {
    fits: value => typeof value === 'number' && value >= least && value <= greatest,
    expectation: `must be a whole number from ${least} to ${greatest}`,
  }
}

const singleRange = 'must be 0, or between 1e-45 and 3.4028235e+38 with either sign'

/** PostgreSQL refuses what a float4 cannot hold at all, at both ends. */
function isSingle(value: unknown): boolean {
  const single = Math.fround(Number(value))
  return Number.isFinite(single) && (single !== 0 || value === 0)
}

/** Digits of a second. Without a precision it is 6, the most there is. */
function fraction(precision: number): Limit {
  const most = precision < 0 ? 6 : precision
  // The last digit that is no zero stands further behind the point than the column keeps.
  const tooFine = new RegExp(`\\.\\d{${most}}\\d*[1-9]`)
  return {
    fits: value => !tooFine.test(String(value)),
    expectation:
      most === 0
        ? 'must have no fraction of a second'
        : `must have at most ${most} ${most === 1 ? 'digit' : 'digits'} behind the seconds`,
  }
}

function length(most: number, counted: (text: string) => string): Limit {
  return {
    fits: value => typeof value === 'string' && !hasMoreCodePoints(counted(value), most),
    expectation: `is longer than ${most} ${most === 1 ? 'character' : 'characters'}`,
    isLength: true,
  }
}

/** In binary or hexadecimal digits (PostgreSQL manual, 4.1.2.5); what is neither, PostgreSQL refuses. */
function bits(most: number, isExact: boolean): Limit {
  const count = (text: string) =>
    /^x[\da-f]*$/i.test(text) ? 4 * (text.length - 1) : text.replace(/^b/i, '').length
  return {
    fits: value => {
      const text = String(value)
      const isNone = !/^(?:b?[01]*|x[\da-f]*)$/i.test(text)
      return isNone || (isExact ? count(text) === most : count(text) <= most)
    },
    expectation: `${isExact ? 'must have exactly' : 'is longer than'} ${most} ${most === 1 ? 'bit' : 'bits'}`,
    isLength: true,
  }
}

/** These two cut silently. */
function bytes(most: number): Limit {
  return {
    fits: value => Buffer.byteLength(String(value)) <= most,
    expectation: `is longer than ${most === 1 ? '1 byte' : `${most} bytes`}`,
    isLength: true,
  }
}

const oneByte = bytes(1)
/** Also `\200` to `\377`, as PostgreSQL writes bytes that are no character. */
const byteOrOctal: Limit = {
  ...oneByte,
  fits: value => oneByte.fits(value) || /^\\[0-3][0-7][0-7]$/.test(String(value)),
}

/** @param isSensitive what is near to a value would show it */
function limitOfLabels(labels: readonly string[], isSensitive: boolean): Limit {
  const known = new Set<unknown>(labels)
  const words = `must be ${oneOf(labels)}`
  const hintFor = nearestHint(labels)
  return {
    fits: value => known.has(value),
    expectation: words,
    refuse: value => {
      const hint = isSensitive ? '' : hintFor(value)
      return hint === '' ? undefined : new InvalidValue(undefined, `${words}${hint}`)
    },
  }
}
