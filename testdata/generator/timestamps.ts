// Writes RFC 3339 timestamps as real files have them: in UTC, with an offset, with milli- or microseconds.
import type { Rng } from './rng.ts'

const epochSeconds = Date.UTC(2024, 0, 1) / 1000

/** Seconds since 1970 at which record `index` was made: a minute apart, as in a log. */
export function madeAt(index: number, rng: Rng): number {
  return epochSeconds + index * 60 + rng.below(60)
}

export function timestamp(seconds: number, rng: Rng): string {
  const shape = rng.below(20)
  if (shape < 14) return `${clock(seconds)}Z`
  if (shape === 14) return `${clock(seconds + 7200)}+02:00`
  if (shape === 15) return `${clock(seconds - 12_600)}-03:30`
  if (shape === 16) return `${clock(seconds)}+00:00`
  if (shape === 17) return `${clock(seconds)}.${digits(rng, 3)}Z`
  if (shape === 18) return `${clock(seconds)}.${digits(rng, 6)}Z`
  return `${clock(seconds + 19_800)}.${digits(rng, 6)}+05:30`
}

/** What `toISOString` gives, less fraction and zone, in a sixth of its time: a quarter of a long run. */
function clock(seconds: number): string {
  const days = Math.floor(seconds / 86_400)
  const rest = seconds - days * 86_400
  const time = `${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`
  return `${date(days)}T${time}`
}

/** The date this many days after 1970-01-01, counted in years from 1 March on: leap days then come last. */
function date(days: number): string {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  return `${yearOfEra + era * 400 + (month <= 2 ? 1 : 0)}-${two(month)}-${two(day)}`
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}

function digits(rng: Rng, length: number): string {
  return String(rng.below(10 ** length)).padStart(length, '0')
}
