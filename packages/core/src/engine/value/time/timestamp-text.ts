// Text of a timestamp, in the format of RFC 3339 or PostgreSQL → RFC 3339, for the years 0001 to 9999.
import { digits, isCalendarDay } from './calendar.ts'

/** RFC 3339, 5.6, with up to six significant fraction digits. */
const rfc3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,6}0*)?(?:[Zz]|[+-]\d\d:\d\d)$/

const withoutZone = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,6}0*)?$/

/** Offsets that PostgreSQL prints with DateStyle ISO: whole hours, or with seconds, as some zones had before 1937. ISO 8601 has `+0530`. */
const hourOffset = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,6}0*)?[+-]\d\d$/
const otherOffset = /^(.{19,}[+-]\d\d)(?::?(\d\d)|:(\d\d):(\d\d))$/

/** PostgreSQL accepts offsets up to 15:59:59 (MAX_TZDISP_HOUR). */
const maxOffsetHour = 15

/** The instant in RFC 3339; unchanged if it already is. Undefined if the text is not an instant, or has no zone. */
export function readInstant(text: string): string | undefined {
  if (rfc3339.test(text)) return ifInstant(text)
  if (hourOffset.test(text)) return ifInstant(`${text}:00`)
  const [, upToHours, minutes, ofSeconds, seconds] = otherOffset.exec(text) ?? []
  if (upToHours === undefined || !hourOffset.test(upToHours)) return undefined
  const instant = ifInstant(`${upToHours}:${minutes ?? ofSeconds}`)
  if (instant === undefined || seconds === undefined) return instant
  const extraSeconds = Number(`${upToHours.at(-3)}${seconds}`)
  return Math.abs(extraSeconds) > 59 ? undefined : inYears(withoutOffset(instant, extraSeconds))
}

/** A date and a time without a zone, read as UTC. Undefined for anything else. */
export function readWithoutZone(text: string): string | undefined {
  return withoutZone.test(text) ? ifInstant(`${text}Z`) : undefined
}

function ifInstant(text: string): string | undefined {
  return isInstant(text) ? text : undefined
}

/** The same instant with Z and all of its fraction digits; a `Date` would keep three. */
export function inUtc(rfc3339: string): string {
  return withoutOffset(rfc3339, 0)
}

/** @param extraSeconds seconds of the offset beyond its minutes */
function withoutOffset(instant: string, extraSeconds: number): string {
  const [, seconds = '', fraction = '', zone = ''] = /^(.{19})(\.\d+)?(.+)$/.exec(instant) ?? []
  const whole = Date.parse(`${seconds.replace(' ', 'T').toUpperCase()}${zone.toUpperCase()}`)
  return `${new Date(whole - extraSeconds * 1_000).toISOString().slice(0, -5)}${fraction}Z`
}

/** Years after 9999 and before 0 have six digits and a sign; the year 0 has four digits. */
function inYears(utc: string): string | undefined {
  return /^(?!0000)\d{4}-/.test(utc) ? utc : undefined
}

function isInstant(text: string): boolean {
  const year = digits(text, 0, 4)
  if (!isCalendarDay(year, digits(text, 5, 2), digits(text, 8, 2))) return false
  // No leap seconds (RFC 3339 allows :60): PostgreSQL would silently turn them into the next minute.
  if (digits(text, 11, 2) > 23 || digits(text, 14, 2) > 59 || digits(text, 17, 2) > 59) return false
  const last = text.charCodeAt(text.length - 1)
  if (last === 0x5a || last === 0x7a) return true
  if (digits(text, text.length - 5, 2) > maxOffsetHour || digits(text, text.length - 2, 2) > 59) return false
  // An offset can move an instant out of the years that an export can print.
  return (year !== 1 && year !== 9999) || staysInRange(text)
}

function staysInRange(text: string): boolean {
  const year = new Date(text.replace(' ', 'T').toUpperCase()).getUTCFullYear()
  return year >= 1 && year <= 9999
}
