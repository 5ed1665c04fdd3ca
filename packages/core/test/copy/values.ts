// Random values of every scalar type, each as a text that PostgreSQL reads.
import fc from 'fast-check'

export type Texts = fc.Arbitrary<string>

/** What means something to CSV, to array literals, to COPY or to people. */
const naughty = [
  ...['', ' ', '  ', '\\.', '\\N', 'NULL', 'null', '""', '"', "'", ',', ';', '\n', '\r\n', '\r', '\t', '\\'],
  ...['{}', '{', '}', '{a,b}', '[]', '[0:1]={a,b}', '(,)', '=1+1', ' lead', 'trail ', 'a"b', 'a\\b', 'a,b'],
  ...['\u2028', '\ufeff', '\u00a0', '😀', 'e\u0301', 'a\nb\n', '\\"', '{"a":1}', 't', '0', '\u000b', '\f'],
]

/**
 * A line that is only `\.` ends the input of psql before 18, and that of COPY before 18, also between quotes: it
 * cannot be written.
 */
const isEnd = (text: string) => /[\r\n]\\\.[\r\n]/.test(text)

/** Any text that PostgreSQL holds: no NUL, no lone surrogates. */
export const text: Texts = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 12 }).map(made => made.replaceAll('\0', '').toWellFormed()),
    fc.constantFrom(...naughty),
    fc.array(fc.constantFrom(...naughty), { minLength: 2, maxLength: 4 }).map(parts => parts.join('')),
  )
  .filter(made => !isEnd(made))

export const shortText = text.map(made => [...made].slice(0, 8).join(''))
/** 63 bytes are the most. */
export const name = shortText
/** One byte; those beyond ASCII are written as three octal digits. */
export const char = fc.oneof(
  fc.integer({ min: 1, max: 127 }).map(code => String.fromCharCode(code)),
  fc.integer({ min: 128, max: 255 }).map(code => `\\${code.toString(8)}`),
  fc.constant(''),
)

const wholes = (min: bigint, max: bigint): Texts =>
  fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, max, 0n, -1n)).map(String)
export const int2 = wholes(-(2n ** 15n), 2n ** 15n - 1n)
export const int4 = wholes(-(2n ** 31n), 2n ** 31n - 1n)
export const int8 = wholes(-(2n ** 63n), 2n ** 63n - 1n)
/** What a JavaScript number holds. */
export const safe = wholes(-(2n ** 53n) + 1n, 2n ** 53n - 1n)
export const uint4 = wholes(0n, 2n ** 32n - 1n)
export const uint8 = wholes(1n, 2n ** 64n - 1n)
export const cents: Texts = wholes(-(2n ** 63n), 2n ** 63n - 1n).map(whole => {
  const [, sign, digits = ''] = /^(-?)(\d+)$/.exec(whole) ?? []
  const padded = digits.padStart(3, '0')
  return `${sign}${padded.slice(0, -2)}.${padded.slice(-2)}`
})
export const numeric = fc.oneof(
  int8,
  fc.stringMatching(/^-?\d{1,30}\.\d{1,30}$/),
  fc.constantFrom('0', '0.000', '-0.0001', '1e40', '1e-40', '100', '1.10'),
)
export const price = fc.stringMatching(/^-?\d{1,8}\.\d{1,2}$/)
/** Decimals that are whole, with a scale or without. */
export const wholeNumeric = fc.tuple(safe, fc.constantFrom('', '.0', '.00')).map(parts => parts.join(''))
export const wholePrice = fc.integer({ min: -(10 ** 8) + 1, max: 10 ** 8 - 1 }).map(whole => `${whole}.00`)
export const hundreds = fc.integer({ min: -99_999, max: 99_999 }).map(whole => `${whole}00`)
export const thousandths = fc.integer({ min: -999, max: 999 }).map(whole => `${whole}e-5`)

const printed = (value: number) => (Object.is(value, -0) ? '-0' : String(value))
export const float8: Texts = fc
  .oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(0.1 + 0.2, 5e-324, 1.7976931348623157e308, 2.2250738585072014e-308, -0, 1 / 3),
  )
  .map(printed)
export const float4: Texts = fc
  .oneof(
    fc.float({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(1.401298464324817e-45, 3.4028234663852886e38, -0, Math.fround(0.1), 16777216),
  )
  .map(printed)
export const oddFloat = fc.oneof(float8, fc.constantFrom('NaN', 'Infinity', '-Infinity'))
export const oddFloat4 = fc.oneof(float4, fc.constantFrom('NaN', 'Infinity', '-Infinity'))
export const oddNumeric = fc.oneof(numeric, fc.constantFrom('NaN', 'Infinity', '-Infinity'))

const between = (least: string, most: string) =>
  fc.date({ min: new Date(least), max: new Date(most), noInvalidDate: true })
const micros = fc.oneof(
  fc.integer({ min: 0, max: 999_999 }).map(value => `.${String(value).padStart(6, '0')}`),
  fc.constantFrom('', '.5', '.999999', '.000001', '.120'),
)
const instants = (least: string, most: string) =>
  fc
    .tuple(between(least, most), micros)
    .map(([date, fraction]) => `${date.toISOString().slice(0, 19)}${fraction}`)
/** Years that Lading's own timestamps have. */
export const timestamp = instants('0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z')
export const wholeSeconds = timestamp.map(made => made.slice(0, 19))
export const timestamptz = timestamp.map(made => `${made}Z`)
export const date = timestamp.map(made => made.slice(0, 10))
const far = fc.constantFrom(
  'infinity',
  '-infinity',
  '4713-01-01 BC',
  '0044-03-15 BC',
  '12026-01-31',
  '200000-12-31',
)
const withTime = fc.tuple(far, fc.constantFrom('', ' 23:59:59.999999')).map(([day, time]) => {
  if (day.endsWith('infinity')) return day
  return day.endsWith(' BC') ? `${day.slice(0, -3)}${time} BC` : `${day}${time}`
})
export const oddDate = fc.oneof(date, far)
export const oddTimestamp = fc.oneof(timestamp, withTime)
export const oddTimestamptz = fc.oneof(
  timestamptz,
  withTime.map(made => (made.endsWith(' BC') ? made.replace(' BC', '+00 BC') : made)),
)
export const time = fc.oneof(
  instants('2000-01-01T00:00:00Z', '2000-01-01T23:59:59Z').map(made => made.slice(11)),
  fc.constantFrom('24:00:00', '00:00:00'),
)
export const timeMillis = fc
  .integer({ min: 0, max: 86_399_999 })
  .map(millis => new Date(millis).toISOString().slice(11, 23))
export const timetz = fc
  .tuple(time, fc.constantFrom('+00', '+05:30', '-08', '+15:59', '-15:59:59', '+00:19:32', '+14', '-03:30'))
  .map(parts => parts.join(''))
/** Signs differ from part to part. */
export const interval = fc
  .tuple(int4, int4, wholes(-(2n ** 53n), 2n ** 53n))
  .map(([months, days, us]) => `${months} mons ${days} days ${us} microseconds`)
export const oddInterval = fc.oneof(
  interval,
  fc.constantFrom('0', '-1 day +2 hours', '-00:00:00.5', '1 year -1 mon', '-1 year -2 mons +3 days'),
  fc.constantFrom('-178000000 years', '178956970 years 7 mons 2147483647 days 2562047788:00:54.775807'),
)
export const boolean = fc.boolean().map(String)
export const uuid = fc.uuid()
export const coarseInterval = fc
  .tuple(int4, fc.nat(9999))
  .map(([days, hundredths]) => `${days} days ${hundredths}0 milliseconds`)
export const coarseTimetz = fc.constantFrom('08:30:00+01', '24:00:00-15:59', '00:00:00+00')
