// Text of a timestamp, as RFC 3339 or PostgreSQL writes it → RFC 3339, of the years 0001 to 9999.
import { digits, isCalendarDay } from './calendar.ts'

/** RFC 3339, 5.6, with up to six digits of a second that are no zero. */
const rfc3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,6}0*)?(?:[Zz]|[+-]\d\d:\d\d)$/

const withoutZone = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,6}0*)?$/

/** What PostgreSQL prints with DateStyle ISO: whole hours, or seconds, as offsets had before 1937; ISO 8601 has `+0530`. */
const hourOffset = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,6}0*)?[+-]\d\d$/
const otherOffset = /^(.{19,}[+-]\d\d)(?::?(\d\d)|:(\d\d):(\d\d))$/

/** PostgreSQL takes offsets up to 15:59:59 (MAX_TZDISP_HOUR). */
const greatestOffsetHour = 15

/** The instant in RFC 3339; unchanged if it is that already. Undefined for what is none, or has no zone. */
export function readInstant(text: string): string | undefined {
  if (rfc3339.test(text)) return ifInstant(text)
  if (hourOffset.test(text)) return ifInstant(`${text}:00`)
  const [, upToHours, minutes, ofSeconds, seconds] = otherOffset.exec(text) ?? []
  if (upToHours === undefined || !hourOffset.test(upToHours)) return undefined
  const instant = ifInstant(`${upToHours}:${minutes ?? ofSeconds}`)
  if (instant === undefined || seconds === undefined) return instant
  const more = Number(`${upToHours.at(-3)}${seconds}`)
  return Math.abs(more) > 59 ? undefined : inYears(withoutOffset(instant, more))
}

/** A date and a time without a zone, which are taken for UTC. Undefined for anything else. */
export function readWithoutZone(text: string): string | undefined {
  return withoutZone.test(text) ? ifInstant(`${text}Z`) : undefined
}

function ifInstant(text: string): string | undefined {
  return isInstant(text) ? text : undefined
}

/** The same instant with Z, and with as many digits of a second as were given: a `Date` keeps three. */
export function inUtc(rfc3339: string): string {
  return withoutOffset(rfc3339, 0)
}

/** @param more seconds of the offset beyond its minutes */
function withoutOffset(instant: string, more: number): string {
  const [, seconds = '', fraction = '', zone = ''] = /^(.{19})(\.\d+)?(.+)$/.exec(instant) ?? []
  const whole = Date.parse(`${seconds.replace(' ', 'T').toUpperCase()}${zone.toUpperCase()}`)
  return `${new Date(whole - more * 1_000).toISOString().slice(0, -5)}${fraction}Z`
}

/** Years beyond 9999 and before 0 have six digits and a sign; the year 0 has four. */
function inYears(utc: string): string | undefined {
  return /^(?!0000)\d{4}-/.test(utc) ? utc : undefined
}

function isInstant(text: string): boolean {
  const year = digits(text, 0, 4)
  if (!isCalendarDay(year, digits(text, 5, 2), digits(text, 8, 2))) return false
  // No leap seconds (RFC 3339 allows :60): PostgreSQL would silently make it the next minute.
  if (digits(text, 11, 2) > 23 || digits(text, 14, 2) > 59 || digits(text, 17, 2) > 59) return false
  const last = text.charCodeAt(text.length - 1)
  if (last === 0x5a || last === 0x7a) return true
  if (digits(text, text.length - 5, 2) > greatestOffsetHour || digits(text, text.length - 2, 2) > 59)
    return false
  // An offset can move an instant out of the years that an export can print.
  return (year !== 1 && year !== 9999) || staysInRange(text)
}

function staysInRange(text: string): boolean {
  const year = new Date(text.replace(' ', 'T').toUpperCase()).getUTCFullYear()
  return year >= 1 && year <= 9999
}
