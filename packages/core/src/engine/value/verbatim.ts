// Tests of the bytes of a cell, by codec: true if `parse` accepts their text, and PostgreSQL reads it as the same value as
// the text of `toCopy`. A test may be stricter than `parse`.
import { boolean } from './boolean.ts'
import type { Codec } from './codec.ts'
import { bigint } from './number/bigint.ts'
import { integer } from './number/integer.ts'
import { numeric } from './number/numeric.ts'
import { bigintOfNumeric, integerOfNumeric } from './number/whole-numeric.ts'
import { isCalendarDay } from './time/calendar.ts'
import { date } from './time/date.ts'
import { timestamp } from './time/timestamp.ts'
import { uuid } from './uuid.ts'

/** @param to after `from` */
export type VerbatimTest = (bytes: Uint8Array, from: number, to: number) => boolean

const hyphen = 0x2d
const colon = 0x3a
const dot = 0x2e

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}

function areDigits(bytes: Uint8Array, from: number, to: number): boolean {
  for (let index = from; index < to; index++) if (!isDigit(bytes[index])) return false
  return true
}

/** The number in ASCII digits. */
function numberIn(bytes: Uint8Array, from: number, to: number): number {
  let value = 0
  for (let index = from; index < to; index++) value = value * 10 + (bytes[index] as number) - 0x30
  return value
}

/** The number in two ASCII digits; -1 for any other bytes. */
function twoDigits(bytes: Uint8Array, from: number): number {
  const tens = (bytes[from] as number) - 0x30
  const ones = (bytes[from + 1] as number) - 0x30
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1
}

/** `6f304cd1-8a43-4417-aec7-55f419572494`: the places of its hyphens. */
const hyphens = [8, 13, 18, 23]
const uuidLength = 36
/** By byte: 1 for a hexadecimal digit, in either case. */
const hexadecimal = Uint8Array.from({ length: 256 }, (_, byte) =>
  /^[0-9a-f]$/i.test(String.fromCharCode(byte)) ? 1 : 0,
)

function isUuid(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from !== uuidLength) return false
  let index = from
  for (let part = 0; part < hyphens.length; part++) {
    const end = from + (hyphens[part] as number)
    for (; index < end; index++) if (hexadecimal[bytes[index] as number] !== 1) return false
    if (bytes[index++] !== hyphen) return false
  }
  for (; index < to; index++) if (hexadecimal[bytes[index] as number] !== 1) return false
  return true
}

const words = ['true', 'false', 't', 'f'].map(word => Buffer.from(word))

function isBoolean(bytes: Uint8Array, from: number, to: number): boolean {
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as Buffer
    if (word.length === to - from && startsWith(bytes, from, word)) return true
  }
  return false
}

function startsWith(bytes: Uint8Array, from: number, word: Uint8Array): boolean {
  for (let at = 0; at < word.length; at++) if (bytes[from + at] !== word[at]) return false
  return true
}

const dateLength = 10

function isDate(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from !== dateLength || bytes[from + 4] !== hyphen || bytes[from + 7] !== hyphen) return false
  const century = twoDigits(bytes, from)
  const year = twoDigits(bytes, from + 2)
  // A pair that is no number makes a month or a day of -1.
  const isNumber = century >= 0 && year >= 0
  return (
    isNumber && isCalendarDay(century * 100 + year, twoDigits(bytes, from + 5), twoDigits(bytes, from + 8))
  )
}

/** Length of `2024-01-31T12:00:00`; a fraction and the Z follow. */
const secondsEnd = 19
/** The six digits that PostgreSQL keeps, with their point. */
const longestFraction = 7

/** RFC 3339 in UTC, in capital letters. */
function isInstant(bytes: Uint8Array, from: number, to: number): boolean {
  const end = to - 1
  const fraction = end - from - secondsEnd
  if (fraction < 0 || fraction === 1 || fraction > longestFraction || bytes[end] !== 0x5a) return false
  const point = from + secondsEnd
  if (fraction > 0 && (bytes[point] !== dot || !areDigits(bytes, point + 1, end))) return false
  return (
    bytes[from + dateLength] === 0x54 && isDate(bytes, from, from + dateLength) && isTime(bytes, from + 11)
  )
}

/** `12:00:00`, without leap seconds. */
function isTime(bytes: Uint8Array, from: number): boolean {
  return (
    bytes[from + 2] === colon &&
    bytes[from + 5] === colon &&
    isBelow(twoDigits(bytes, from), 24) &&
    isBelow(twoDigits(bytes, from + 3), 60) &&
    isBelow(twoDigits(bytes, from + 6), 60)
  )
}

function isBelow(value: number, limit: number): boolean {
  return value >= 0 && value < limit
}

/** Every number of so many digits is within the type. */
const safeDigits = 15
const int64Digits = 18
const numericDigits = 100

function wholeNumber(maxDigits: number): VerbatimTest {
  return (bytes, from, to) => {
    const start = bytes[from] === hyphen ? from + 1 : from
    return start < to && to - start <= maxDigits && areDigits(bytes, start, to)
  }
}

function isDecimal(bytes: Uint8Array, from: number, to: number): boolean {
  const start = bytes[from] === hyphen ? from + 1 : from
  if (to - start > numericDigits) return false
  let point = start
  while (point < to && isDigit(bytes[point])) point++
  if (point === start) return false
  return point === to || (bytes[point] === dot && areDigits(bytes, point + 1, to))
}

export const verbatimTests: ReadonlyMap<Codec, VerbatimTest> = new Map<Codec, VerbatimTest>([
  [uuid, isUuid],
  [boolean, isBoolean],
  [date, isDate],
  [timestamp, isInstant],
  [numeric, isDecimal],
  [integer, wholeNumber(safeDigits)],
  [integerOfNumeric, wholeNumber(safeDigits)],
  [bigint, wholeNumber(int64Digits)],
  [bigintOfNumeric, wholeNumber(int64Digits)],
])

/** The whole number in a text that the test of `integer` accepts. */
export function wholeNumberIn(bytes: Uint8Array, from: number, to: number): number {
  // `+ 0` turns -0 into 0.
  return bytes[from] === hyphen ? -numberIn(bytes, from + 1, to) + 0 : numberIn(bytes, from, to)
}
