// Random texts of the characters that mean something in an array literal: read as PostgreSQL reads them, or refused as it does.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { hasBounds, readArrayLiteral } from '../../../src/engine/value/list/array-literal.ts'
import { withLowerBounds } from '../../../src/engine/value/list/dimensions.ts'
import { listLiteral, quoted } from '../../../src/engine/value/list/print-array.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`create function read(literal text) returns text language plpgsql as $$
    begin return (literal::text[])::text; exception when others then return null; end $$`)
})
afterAll(() => database.drop())

const piece = fc.constantFrom(
  ...[
    '{',
    '}',
    '{',
    '}',
    ',',
    ',',
    '"',
    '"',
    '\\',
    ' ',
    '\n',
    '\u000b',
    '\u00a0',
    'a',
    'NULL',
    'null',
    'é',
    '=',
    '[',
    ']',
  ],
  ...['{}', '{a,b}', '"a"', '""', '\\"', '\\\\', '[0:1]=', '[1:2]', '[2]=', '[-1:-1]=', '0', ':'],
)
/** Most random texts are not literals; so some are built as literals, and then one piece is inserted. */
const element = fc.oneof(
  fc.constantFrom('a', 'NULL', '""', ' b c ', '"x,y"', '\\{', 'a\\ ', '"\\"\\\\"', ' "q" '),
  fc.string({ maxLength: 3 }).map(text => quoted(text.replaceAll('\0', ''))),
)
const list = (item: fc.Arbitrary<string>, length: number) =>
  fc.array(item, { minLength: length, maxLength: length }).map(items => `{${items.join(',')}}`)
const literal = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }))
  .chain(([dimensions, length, inner]) =>
    Array.from({ length: dimensions }).reduce<fc.Arbitrary<string>>(
      (item, _, level) => list(item, level === dimensions - 1 ? length : inner),
      element,
    ),
  )
const spoilt = fc
  .tuple(literal, piece, fc.nat(40))
  .map(([text, extra, at]) => `${text.slice(0, at)}${extra}${text.slice(at)}`)
const bounded = fc
  .tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 1, max: 3 }), fc.constantFrom('', ' ', '[1:1]'))
  .chain(([lower, length, between]) =>
    list(element, length).map(text => `[${lower}:${lower + length - 1}]${between}=${text}`),
  )
const any = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map(pieces => `{${pieces.join('')}`),
  literal,
  spoilt,
  bounded,
  fc.tuple(bounded, piece).map(([text, extra]) => extra + text),
)

test('a literal that PostgreSQL accepts is read as the same list, and nothing else is accepted', async () => {
  const seed = Math.trunc(Math.random() * 2 ** 31)
  const texts = fc
    .sample(any, { numRuns: 4_000, seed })
    // An inner list without elements is an empty list since PostgreSQL 17, and was an error before; ours refuses it.
    .filter(
      text =>
        /^[ \t\n\r\v\f]*(?:\{|\[)/.test(text) &&
        !/\{[ \t\n\r\v\f]*\}/.test(text.slice(text.indexOf('{') + 1)),
    )
    // A bracket without bounds is not a literal but a JSON array.
    .filter(text => text.trimStart().startsWith('{') || hasBounds(text))
  const ours = texts.map(text => {
    const read = readArrayLiteral(text, ',')
    if (typeof read === 'string') return null
    const items = [...read.items]
    return listLiteral(read.lowerBounds ? withLowerBounds(items, read.lowerBounds) : items, ',', value =>
      quoted(String(value)),
    )
  })
  const { rows } = await database.pool.query(
    'select text, read(text) as theirs, read(ours) as ours from unnest($1::text[], $2::text[]) given(text, ours)',
    [texts, ours],
  )
  expect(
    rows.filter(row => row.theirs !== row.ours),
    `seed ${seed}`,
  ).toEqual([])
  const read = rows.filter(row => row.theirs !== null).length
  // Both happen often enough to mean something.
  expect(Math.min(read, rows.length - read)).toBeGreaterThan(500)
})
