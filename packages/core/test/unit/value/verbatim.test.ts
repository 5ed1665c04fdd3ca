// Bytes that are taken as they are: never a value that the codec refuses, or that PostgreSQL would read as another one.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { boolean } from '../../../src/engine/value/boolean.ts'
import { type Codec, InvalidValue } from '../../../src/engine/value/codec.ts'
import { bigint } from '../../../src/engine/value/number/bigint.ts'
import { integer } from '../../../src/engine/value/number/integer.ts'
import { numeric } from '../../../src/engine/value/number/numeric.ts'
import { bigintOfNumeric, integerOfNumeric } from '../../../src/engine/value/number/whole-numeric.ts'
import { date } from '../../../src/engine/value/time/date.ts'
import { timestamp } from '../../../src/engine/value/time/timestamp.ts'
import { uuid } from '../../../src/engine/value/uuid.ts'
import { verbatimTests, wholeNumberIn } from '../../../src/engine/value/verbatim.ts'

interface Examples {
  readonly codec: Codec
  readonly taken: readonly string[]
  readonly left: readonly string[]
  /** Two texts that PostgreSQL reads as the same value give the same. @defaultValue the text */
  readonly read?: (text: string) => string
}

const wholeNumber = (text: string) => String(BigInt(text))
const wholes = {
  taken: ['0', '-0', '007', '-12'],
  left: ['-', '1.0', '+1', '1e3', ' 1', ''],
  read: wholeNumber,
}

const examples: Readonly<Record<string, Examples>> = {
  uuid: {
    codec: uuid,
    taken: ['6f304cd1-8a43-4417-aec7-55f419572494', '6F304CD1-8A43-4417-AEC7-55F419572494'],
    left: ['6f304cd1-8a43-4417-aec7-55f41957249', '6f304cd18a43-4417-aec7-55f4195724940', 'g'.repeat(36)],
  },
  boolean: {
    codec: boolean,
    taken: ['true', 'false', 't', 'f'],
    left: ['tru', 'yes', 'on', 'TRUE', ''],
    read: text => text.slice(0, 1),
  },
  date: {
    codec: date,
    taken: ['2024-02-29', '0001-01-01', '9999-12-31'],
    left: ['2023-02-29', '0000-01-01', '2024-1-31', '2024/01/31', '2024-01-31 '],
  },
  timestamp: {
    codec: timestamp,
    taken: ['2024-01-31T12:00:00Z', '2024-01-31T23:59:59.1Z', '0001-01-01T00:00:00.123456Z'],
    left: [
      '2024-01-31T12:00:00',
      '2024-01-31T12:00:00.Z',
      '2024-01-31T12:00:00.1234567Z',
      '2024-01-31T24:00:00Z',
      '2024-01-31T12:60:00Z',
      '2024-01-31T12:00:60Z',
      '2024-01-31T12:00:00x1Z',
      '2023-02-29T12:00:00Z',
      '2024-01-31t12:00:00z',
      '2024-01-31T12:00:00+00',
    ],
  },
  numeric: {
    codec: numeric,
    taken: ['0.10', '-12', '5.', '007.5'],
    left: ['.5', '-', '1e5', '1.2.3', 'NaN', '9'.repeat(101)],
  },
  integer: { codec: integer, ...wholes, left: [...wholes.left, '9007199254740993'] },
  bigint: { codec: bigint, ...wholes, left: [...wholes.left, '9223372036854775808'] },
  'integer in numeric': { codec: integerOfNumeric, ...wholes },
  'bigint in numeric': { codec: bigintOfNumeric, ...wholes },
}

test('every codec with a test has examples here', () => {
  expect(new Set(Object.values(examples).map(({ codec }) => codec))).toEqual(new Set(verbatimTests.keys()))
})

describe.each(Object.entries(examples))('%s', (_, { codec, taken, left, read = text => text }) => {
  /** In the middle of other bytes, as a cell is. */
  const isTaken = (text: string) => {
    const bytes = Buffer.from(`9-,${text},Z9`)
    return verbatimTests.get(codec)?.(bytes, 3, bytes.length - 3)
  }

  test.each(taken)('%s is taken', text => {
    expect(isTaken(text)).toBe(true)
  })

  test.each(left)('"%s" is left to the codec', text => {
    expect(isTaken(text)).toBe(false)
  })

  test('what is taken is what the codec reads', () => {
    const characters = [...new Set([...taken, ...left].join(''))]
    /** An example with some characters replaced, removed or added. */
    const almost = fc
      .tuple(
        fc.constantFrom(...taken, ...left),
        fc.array(fc.tuple(fc.nat(40), fc.nat(1), fc.constantFrom('', ...characters)), { maxLength: 3 }),
      )
      .map(([text, edits]) =>
        edits.reduce((edited, [at, cut, put]) => edited.slice(0, at) + put + edited.slice(at + cut), text),
      )
    fc.assert(
      fc.property(almost, text => {
        if (isTaken(text) !== true) return
        const value = codec.parse(text)
        expect(value).not.toBeInstanceOf(InvalidValue)
        expect(read(codec.toCopy(value as never))).toBe(read(text))
      }),
      { numRuns: 2_000 },
    )
  })
})

test.each([
  ['0', 0],
  ['-0', 0],
  ['-32769', -32769],
  ['007', 7],
  ['999999999999999', 999999999999999],
])('%s is the number %d', (text, number) => {
  expect(wholeNumberIn(Buffer.from(`x${text}x`), 1, text.length + 1)).toBe(number)
})
