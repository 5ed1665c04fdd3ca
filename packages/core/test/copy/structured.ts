// Random values of the types with their own syntax: documents, bytes, networks, shapes, ranges, words.
import fc from 'fast-check'
import {
  date,
  float8,
  int4,
  int8,
  oddFloat,
  price,
  shortText,
  type Texts,
  text,
  timestamp,
  timestamptz,
} from './values.ts'

const value = fc
  .jsonValue({ maxDepth: 3 })
  .map(made => JSON.stringify(made))
  .filter(made => !/\\u0000/.test(made))
const subtle = fc.constantFrom(
  'null',
  '"null"',
  '""',
  '12345678901234567890',
  '[1.0,-0,0.1000000000000000000000000001,1e300]',
  '{"2":1,"10":2,"b":"\\u00e9"}',
  ' [ 1 ,\t{ "a" : "," } ] ',
)
export const jsonb: Texts = fc.oneof(value, subtle).filter(made => !/\\ud[89a-f]/i.test(made))
export const json: Texts = fc.oneof(
  value,
  subtle,
  fc.constantFrom('{"a":1,"b":2,"a":3}', '"\\u0000"', '"\\ud800"', '1e400', '"\\/"', '{\r\n "a"\n:\t1 }'),
)
export const jsonpath = fc
  .tuple(shortText, int4)
  .map(([key, number]) => `$.${JSON.stringify(key)}[*] ? (@.x > ${number})`)

export const bytea = fc.uint8Array({ maxLength: 12 }).map(bytes => `\\x${Buffer.from(bytes).toString('hex')}`)
const hex = (bytes: number, between: string) =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map(made => [...made].map(byte => byte.toString(16).padStart(2, '0')).join(between))
export const macaddr = hex(6, ':')
export const macaddr8 = hex(8, ':')
const address = fc.oneof(
  fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })),
  fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })),
)
export const inet = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  address.map(([host, bits]) => `${host}/${bits}`),
)
export const cidr = fc.oneof(
  fc.ipV4(),
  fc.tuple(fc.nat(255), fc.nat(255)).map(([one, two]) => `${one}.${two}.0.0/16`),
  fc.nat(65_535).map(group => `2001:db8:${group.toString(16)}::/48`),
  fc.constantFrom('0.0.0.0/0', '::/0', '::1/128', '::ffff:1.2.3.4/128'),
)
export const bits = fc.stringMatching(/^[01]{0,16}$/)
export const eightBits = fc.stringMatching(/^[01]{8}$/)

const pointOf = (number: Texts) => fc.tuple(number, number).map(([x, y]) => `(${x},${y})`)
export const point = pointOf(oddFloat)
const place = pointOf(float8)
const places = fc.array(place, { minLength: 1, maxLength: 4 }).map(made => made.join(','))
export const lseg = fc.tuple(place, place).map(ends => `[${ends.join(',')}]`)
export const box = fc.tuple(place, place).map(corners => corners.join(','))
export const path = fc.oneof(
  places.map(made => `[${made}]`),
  places.map(made => `(${made})`),
)
export const polygon = places.map(made => `(${made})`)
const coefficient = fc.integer({ min: 1, max: 9 }).map(whole => `${whole}.5`)
export const line = fc.tuple(float8, coefficient, float8).map(made => `{${made.join(',')}}`)
export const circle = fc.tuple(place, coefficient).map(([center, radius]) => `<${center},${radius}>`)

const quoted = (made: string) => `"${made.replace(/["\\]/g, '\\$&')}"`
const fits = (order: (one: string, other: string) => number, one: string, other: string) =>
  order(one, other) <= 0 ? [one, other] : [other, one]
const rangeOf = (bound: Texts, order: (one: string, other: string) => number): Texts =>
  fc
    .tuple(bound, bound, fc.constantFrom('[', '('), fc.constantFrom(']', ')'), fc.nat(9))
    .map(([one, other, opening, closing, kind]) => {
      const [lower = '', upper = ''] = fits(order, one, other)
      if (kind === 0) return 'empty'
      const low = kind === 1 || kind === 2 ? '' : quoted(lower)
      const high = kind === 1 || kind === 3 ? '' : quoted(upper)
      return `${opening}${low},${high}${closing}`
    })
const byNumber = (one: string, other: string) => Number(one) - Number(other)
const byBytes = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other))
const byInstant = (one: string, other: string) => byBytes(one.replace('Z', ''), other.replace('Z', ''))
const byWhole = (one: string, other: string) => (BigInt(one) < BigInt(other) ? -1 : 1)
/** An inclusive upper bound becomes an exclusive one, which is one more. */
const notLast = (whole: Texts, last: string) => whole.filter(made => made !== last)
export const int4range = rangeOf(notLast(int4, '2147483647'), byWhole)
export const int8range = rangeOf(notLast(int8, '9223372036854775807'), byWhole)
export const numrange = rangeOf(price, byNumber)
export const daterange = rangeOf(date, byBytes)
export const tsrange = rangeOf(timestamp, byBytes)
export const tstzrange = rangeOf(timestamptz, byInstant)
export const textrange = rangeOf(text, byBytes)
export const several = (range: Texts) => fc.array(range, { maxLength: 3 }).map(made => `{${made.join(',')}}`)

const escaped = (made: string) =>
  made
    .replace(/[^\t\n\x20-\ud7ff]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
export const xml = fc.oneof(
  text.map(made => `<a b="x">${escaped(made)}</a>`),
  fc.constantFrom(
    '<a/>',
    'text',
    '',
    '<a/><b/>',
    '<?xml version="1.0" standalone="yes"?><a/>',
    '<!-- , " -->',
  ),
)
const lexeme = text
  .filter(made => made !== '')
  .map(made => `'${made.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`)
export const tsvector = fc
  .array(fc.tuple(lexeme, fc.constantFrom('', ':1', ':3A,7', ':16383')), { maxLength: 4 })
  .map(made => made.map(parts => parts.join('')).join(' '))
export const tsquery = fc
  .array(fc.tuple(fc.constantFrom('', '!'), lexeme, fc.constantFrom('', ':*', ':A')), {
    minLength: 1,
    maxLength: 3,
  })
  .map(made => made.map(parts => parts.join('')).join(' & '))
export const lsn = fc.tuple(fc.nat(), fc.nat()).map(([one, two]) => `${one.toString(16)}/${two.toString(16)}`)
export const pair = fc
  .tuple(fc.option(int4), fc.option(text))
  .map(([whole, words]) => `(${whole ?? ''},${words === null ? '' : quoted(words)})`)
export const hstore = fc
  .dictionary(text, fc.option(text), { maxKeys: 3, noNullPrototype: true })
  .map(made =>
    Object.entries(made).map(([key, words]) => `${quoted(key)}=>${words === null ? 'NULL' : quoted(words)}`),
  )
  .map(pairs => pairs.join(','))
export const ltree = fc
  .array(fc.stringMatching(/^[A-Za-z0-9_]{1,5}$/), { maxLength: 4 })
  .map(made => made.join('.'))
