// The Gregorian calendar, to catch dates that PostgreSQL would otherwise reject in the middle of a COPY.

const daysOfMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** True for the days from 0001-01-01 to 9999-12-31. */
export function isCalendarDay(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return day <= (daysOfMonth[month - 1] ?? 0) + (leap ? 1 : 0)
}

/** The number in `count` ASCII digits of `text` from `start`. The caller has checked that they are digits. */
export function digits(text: string, start: number, count: number): number {
  let value = 0
  for (let index = start; index < start + count; index++) value = value * 10 + text.charCodeAt(index) - 48
  return value
}
